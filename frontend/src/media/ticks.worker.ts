// Ticks, also while the page is behind another: browsers slow a hidden page's own timers down. The first message says
// how many milliseconds apart.
self.onmessage = (asked: MessageEvent<number>) => setInterval(() => postMessage(null), asked.data);
