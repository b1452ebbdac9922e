export { openTelemetryExporter, type OpenTelemetryOptions } from './open-telemetry.exporter.js';
export { tracingPlugin, type TracingOptions } from './tracing-cache.middleware.js';
