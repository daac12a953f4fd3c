# Debian, because the Temporal SDK's native part needs glibc.
FROM node:24-bookworm-slim
WORKDIR /ballast
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY . .
RUN mkdir -p .data && chown node:node .data
USER node
ENV TZ=UTC NODE_ENV=production
ENTRYPOINT ["node", "src/app/cli.ts"]
# A site is named at run time: docker run -v /etc/ballast:/site:ro ballast start /site/my-site.yaml
CMD ["--help"]
