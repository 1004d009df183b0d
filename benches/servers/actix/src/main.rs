//! An actix-web server whose CORS is nobody's, or actix-cors's: `server CORS ORIGINS`.

use std::error::Error;

use actix_cors::Cors;
use actix_web::{App, HttpServer, Responder, web};

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let cors = arguments.next().ok_or("whose CORS?")?;
    let count: usize = arguments.next().ok_or("how many origins?")?.parse()?;
    let address = ("127.0.0.1", 0);
    match cors.as_str() {
        "none" => {
            let app = || App::new().configure(routes);
            let server = HttpServer::new(app).workers(1).bind(address)?;
            println!("{}", server.addrs()[0].port());
            server.run().await?;
        }
        "actix-cors" => {
            let app = move || App::new().wrap(layer(count)).configure(routes);
            let server = HttpServer::new(app).workers(1).bind(address)?;
            println!("{}", server.addrs()[0].port());
            server.run().await?;
        }
        other => return Err(format!("nobody's CORS is {other}").into()),
    }
    Ok(())
}

fn routes(app: &mut web::ServiceConfig) {
    let items = web::resource("/items/{id}");
    app.service(
        items.route(web::get().to(hello)).route(web::method("OPTIONS".parse().unwrap()).to(hello)),
    );
}

async fn hello() -> impl Responder {
    "hello"
}

fn layer(count: usize) -> Cors {
    let cors = (0..count)
        .fold(Cors::default(), |cors, i| cors.allowed_origin(&format!("https://o{i}.example")));
    cors.allowed_methods(["GET", "PUT", "DELETE"])
        .allowed_headers(["content-type", "authorization", "x-requested-with"])
        .max_age(600)
}
