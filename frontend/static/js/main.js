/** The page's only script: brings its elements to life, then goes live. */

import "./elements/comment-form.js";
import "./elements/comment-like.js";
import "./elements/comment-list.js";
import "./elements/copy-link.js";
import "./elements/follow-button.js";
import "./elements/fresh-posts.js";
import "./elements/like-button.js";
import "./elements/live-banner.js";
import "./elements/live-count.js";
import "./elements/load-more.js";
import "./elements/media-frame.js";
import "./elements/notification-badge.js";
import "./elements/notification-list.js";
import "./elements/post-card.js";
import "./elements/presence-dot.js";
import "./elements/relative-time.js";
import "./elements/save-button.js";
import "./elements/toast-stack.js";
import "./elements/typing-note.js";
import { beginKeyboard } from "./page/keyboard.js";
import { begin } from "./page/live.js";
import { beginMenus } from "./page/menus.js";
import { beginOutbox } from "./page/outbox.js";
import { beginPrefetch } from "./page/prefetch.js";
import { beginPull } from "./page/pull.js";
import { beginTransitions } from "./page/transition.js";
import { beginWorker } from "./page/worker.js";

beginTransitions();
beginMenus();
beginKeyboard();
beginOutbox();
beginPrefetch();
beginPull();
begin();
beginWorker();
