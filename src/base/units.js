export function toMicroseconds(seconds) {
    return Math.round(seconds * 1e6);
}
export function toSeconds(time) {
    return time / 1e6;
}
export function spanHolds(span, time) {
    return time >= span.from && time < span.to;
}
