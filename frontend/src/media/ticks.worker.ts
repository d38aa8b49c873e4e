// One tick a second, also while the page is behind another: browsers slow a hidden page's own timers down.
setInterval(() => postMessage(null), 1000);
