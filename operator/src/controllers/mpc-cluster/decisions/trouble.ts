/** Why a party or a server is not ready. */
export interface Trouble {
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
}
