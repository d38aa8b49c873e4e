// Builds the page of the tests of conventions: `vite build --config upstream/vite.config.ts --outDir <folder>`.
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  logLevel: "error",
  build: { emptyOutDir: true, modulePreload: false, target: "es2023", chunkSizeWarningLimit: 3000 },
});
