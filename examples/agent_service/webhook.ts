/**
 * Tells a chat channel about refused configurations.
 *
 * @module
 */

/** Sends one text; its promise rejects when the text can't be delivered. */
export type Notify = (text: string) => Promise<void>;

/** Options of {@linkcode createWebhook}. */
export interface WebhookOptions {
  /** Longest wait for the answer, in milliseconds. @default {5_000} */
  readonly timeoutMs?: number;
}

/**
 * Posts `{ "text": … }`, which Slack, Mattermost and Rocket.Chat understand, to `url`.
 * The address of a webhook is a secret, so no message repeats it.
 */
export function createWebhook(url: string, { timeoutMs = 5000 }: WebhookOptions = {}): Notify {
  return async (text) => {
    let status: number;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ text }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      await response.body?.cancel();
      status = response.status;
    } catch (error) {
      const reason = error instanceof Error ? error.name : "unknown";
      throw new Error(`Cannot post to the webhook: ${reason}`);
    }
    if (status < 200 || status > 299) {
      throw new Error(`Cannot post to the webhook: it answered with status ${status}`);
    }
  };
}
