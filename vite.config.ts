import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { ISOLATION_HEADERS, SECURITY_HEADERS } from './scripts/server-headers.ts';

export default defineConfig({
  plugins: [react()],
  server: { headers: ISOLATION_HEADERS, host: '127.0.0.1' },
  preview: { headers: SECURITY_HEADERS, host: '127.0.0.1' },
  worker: { format: 'es' },
  // The runtime's builds without embedded glue: src/engine/runtime/ort.ts names the self-hosted files itself.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  build: {
    target: 'chrome130',
    rollupOptions: { input: ['index.html', 'engine.html'] },
    chunkSizeWarningLimit: 800,
  },
  // These two ship workers and .wasm files beside their modules: bundling them ahead breaks the relative URLs.
  optimizeDeps: {
    exclude: ['onnxruntime-web', '@ffmpeg/ffmpeg', '@ffmpeg/core'],
    include: [
      'react',
      'react-dom',
      'react-dom/client',
      'react/jsx-runtime',
      'react/jsx-dev-runtime',
      'react-aria-components',
      'lucide-react',
      'zustand',
      'zustand/react/shallow',
      'zustand/vanilla',
      'comlink',
      'mediabunny',
      'valibot',
      'onnx-buf',
      '@bufbuild/protobuf',
      '@zip.js/zip.js',
      '@zip.js/zip.js/lib/zip-core-native.js',
      'fast-png',
      'fflate',
    ],
  },
});
