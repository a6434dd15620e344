/** The page's only script: brings its elements to life, then goes live. */

import "./elements/comment-form.js";
import "./elements/comment-list.js";
import "./elements/follow-button.js";
import "./elements/like-button.js";
import "./elements/live-banner.js";
import "./elements/live-count.js";
import "./elements/load-more.js";
import "./elements/media-frame.js";
import "./elements/notification-badge.js";
import "./elements/notification-list.js";
import "./elements/photo-upload.js";
import "./elements/post-card.js";
import "./elements/relative-time.js";
import "./elements/toast-stack.js";
import { beginKeyboard } from "./page/keyboard.js";
import { begin } from "./page/live.js";

beginKeyboard();
begin();
