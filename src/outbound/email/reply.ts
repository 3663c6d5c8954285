const WORD = /[^\s<>"'(),;:]+/g;

/** What of a server's reply is kept: it may name the recipients, who are nobody's business. Takes time in proportion to the reply. */
export function replyText(response: string): string {
  return response
    .replace(WORD, (word) => (/.@./.test(word) ? "(address)" : word))
    .replace(/\s+/g, " ")
    .slice(0, 500);
}
