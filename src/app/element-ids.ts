/** Elements that keys move to by name. */
export const PROMPT_ID = 'prompt';
export const VIEWER_ID = 'viewer';
