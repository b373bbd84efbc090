/** The error of this class that the call raises; another error passes through, and success is a failure. */
export async function failureOf<E>(call: PromiseLike<unknown>, type: new (...rest: never[]) => E): Promise<E> {
  try {
    await call;
  } catch (error) {
    if (error instanceof type) return error;
    throw error;
  }
  throw new Error('the call succeeded');
}
