/** Brings the server to the state a person wants, however fast they change their mind. Knows neither likes nor follows. */

export class Desired {
  #settled;
  #wanted;
  #sure = true;
  #running = false;
  #keep;
  #send;
  #wait;
  #confirmed;
  #failed;

  /**
   * @param {object} parts
   * @param {unknown} parts.settled the state the server has
   * @param {(state: unknown) => void} [parts.keep] write a wish down before it is sent; it takes the place of the last
   * @param {(state: unknown) => Promise<unknown>} parts.send must be harmless when repeated
   * @param {() => Promise<void>} parts.wait until a try after a failure that may pass makes sense
   * @param {(answer: unknown) => void} parts.confirmed the server is where the person wants it
   * @param {(error: Error, state: unknown) => void} parts.failed draw the given state again
   */
  constructor({ settled, keep = () => {}, send, wait, confirmed, failed }) {
    this.#settled = settled;
    this.#wanted = settled;
    this.#keep = keep;
    this.#send = send;
    this.#wait = wait;
    this.#confirmed = confirmed;
    this.#failed = failed;
  }

  /** Whether something wanted is not confirmed yet. */
  get busy() {
    return this.#running;
  }

  /** Want a state. While a request runs only the latest wish is kept: one request runs, at most one is next. */
  want(state) {
    this.#wanted = state;
    this.#keep(state);
    if (!this.#running) this.#run();
  }

  /** The server told a state that came from another page or device. A wish of this page wins over it. */
  told(state) {
    if (this.#running) return;
    this.#settled = state;
    this.#wanted = state;
  }

  async #run() {
    this.#running = true;
    while (!this.#sure || this.#wanted !== this.#settled) await this.#step(this.#wanted);
    this.#running = false;
  }

  async #step(sent) {
    try {
      const answer = await this.#send(sent);
      this.#settle(sent);
      if (this.#wanted === sent) this.#confirmed(answer);
    } catch (error) {
      if (error.retryable) await this.#again();
      else this.#giveUp(error);
    }
  }

  #settle(state) {
    this.#settled = state;
    this.#sure = true;
  }

  #again() {
    this.#sure = false; // the lost request may have arrived: even the old state must be sent
    return this.#wait();
  }

  #giveUp(error) {
    this.#sure = true;
    this.#wanted = this.#settled;
    this.#failed(error, this.#settled);
  }
}
