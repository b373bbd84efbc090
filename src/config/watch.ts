/**
 * Says when the configuration should be read again: on SIGHUP and when the file changed. The caller reloads whole or not
 * at all; nothing is read here.
 */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

export interface WatchOptions {
  readonly file: string;
  onChange(cause: 'signal' | 'file'): void;
  /** Called where the folder cannot be watched any more; SIGHUP still works. */
  onError?(error: Error): void;
  /** Where signals come from; the process itself unless a test brings its own. */
  readonly signalSource?: SignalSource;
  /** Quiet time after the last change before it is told. */
  readonly debounceMs?: number;
}

export interface SignalSource {
  on(signal: 'SIGHUP', listener: () => void): unknown;
  off(signal: 'SIGHUP', listener: () => void): unknown;
}

export interface ConfigWatch {
  /** Ends watching; nothing is told afterwards. */
  close(): void;
}

export function watchConfig(options: WatchOptions): ConfigWatch {
  const { onChange, signalSource = process, debounceMs = 100 } = options;
  const file = resolve(options.file);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let cause: 'signal' | 'file' = 'file';
  let isClosed = false;

  const tellSoon = (why: 'signal' | 'file'): void => {
    if (isClosed) return;
    cause = timer !== undefined && cause === 'signal' ? 'signal' : why;
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      onChange(cause);
    }, debounceMs);
    timer.unref();
  };

  const onSignal = (): void => tellSoon('signal');
  signalSource.on('SIGHUP', onSignal);
  const watcher = watchFolder(file, () => tellSoon('file'), options.onError);
  return {
    close() {
      isClosed = true;
      clearTimeout(timer);
      signalSource.off('SIGHUP', onSignal);
      watcher?.close();
    },
  };
}

/**
 * The folder is watched, not the file: editors write a new file and rename it over the old one, which leaves a watch on
 * the file itself looking at a deleted inode. In Kubernetes a mounted file is a link through `..data`, swapped as a whole.
 */
function watchFolder(file: string, onEvent: () => void, onError?: (error: Error) => void): FSWatcher | null {
  const name = basename(file);
  try {
    const watcher = watch(dirname(file), { persistent: false }, (_, changed) => {
      if (changed === null || changed === name || changed === '..data') onEvent();
    });
    watcher.on('error', (error) => onError?.(error instanceof Error ? error : new Error(String(error))));
    return watcher;
  } catch (error) {
    onError?.(error instanceof Error ? error : new Error(String(error)));
    return null;
  }
}
