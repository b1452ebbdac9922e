export type { HotKey } from './prediction/hot-key.codec.js';
export { HotKeySketch, type HotKeySketchOptions } from './prediction/hot-key.sketch.js';
export { NextReadPredictor, type NextRead } from './prediction/next-read.predictor.js';
export {
  PredictiveWarmer,
  type PredictiveWarmerOptions,
  type WarmCounts,
  type WarmingCache,
} from './prediction/predictive-warmer.js';
export { predictionPlugin } from './prediction/prediction.plugin.js';
export { TemplateMatcher, type TemplateValues } from './prediction/template.matcher.js';
export {
  TemplatePredictor,
  type TemplatePrediction,
  type TemplatePredictorOptions,
} from './prediction/template.predictor.js';
export {
  CLINIC_TEMPLATES,
  randomTrace,
  wardRoundTrace,
  type RandomTraceOptions,
  type TraceRead,
  type WardRoundTraceOptions,
} from './prediction/trace.js';
export {
  TraceReplayer,
  type ReplayReport,
  type ReplayRun,
  type TraceReplayerOptions,
} from './prediction/trace.replayer.js';
export type { WarmTemplate } from './prediction/warm-template.js';
export type { PressureLevel, PressureThresholds } from './scheduler/pressure.gauge.js';
export {
  RefreshScheduler,
  type RefreshCounts,
  type RefreshDecision,
  type RefreshWork,
  type ShedReason,
} from './scheduler/refresh-scheduler.js';
export type { RefreshSchedulerOptions } from './scheduler/scheduler-settings.js';
export { SWRCacheStrategy, type SWRCacheStrategyOptions } from './swr-cache.strategy.js';
