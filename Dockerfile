# The version is that of the `node` package in package.json: the same Node on every machine.
FROM node:26.10.0-bookworm-slim

ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app

COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
COPY templates templates
COPY src src
COPY workers workers

RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 3000
CMD ["node", "src/cli/bin.js", "start"]
