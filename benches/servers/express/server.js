// An Express server whose CORS is nobody's, or that of the package cors: `node server.js CORS ORIGINS`.
const express = require('express');
const cors = require('cors');

const [whose, count] = process.argv.slice(2);
const origins = Array.from({ length: Number(count) }, (_, i) => `https://o${i}.example`);
const app = express();
if (whose === 'cors') {
  app.use(cors({
    origin: origins.length === 1 ? origins[0] : origins,
    methods: ['GET', 'PUT', 'DELETE'],
    allowedHeaders: ['content-type', 'authorization', 'x-requested-with'],
    maxAge: 600,
  }));
} else if (whose !== 'none') {
  throw new Error(`nobody's CORS is ${whose}`);
}
const hello = (_, response) => response.type('text/plain').send('hello');
app.get('/items/:id', hello);
app.options('/items/:id', hello);
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
