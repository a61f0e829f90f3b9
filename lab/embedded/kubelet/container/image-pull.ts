/** Finding a container's image, in the words of pulling one. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Container } from 'kubernetes-types/core/v1.js';
import { fullImageName, isImageName } from '../../images/image-name.ts';
import type { Image, Images } from '../../images/images.ts';
import type { Reporter } from './reporter.ts';

const BACK_OFF_INITIAL_MS = 10_000;
const BACK_OFF_MAX_MS = 300_000;
/** How long ErrImagePull is shown before it becomes ImagePullBackOff. */
const ERROR_SHOWN_MS = 2000;

interface PullError {
  reason: 'InvalidImageName' | 'ErrImageNeverPull' | 'ErrImagePull';
  message: string;
}

/**
 * Waits until the image is there, which for an unknown one is until the container's image is another one (it is asked
 * for each time) or the signal aborts; then it rejects.
 */
export async function pullImage(
  container: () => Container,
  images: Images,
  { record, wait }: Reporter,
  signal: AbortSignal,
): Promise<Image> {
  for (let backOffMs = BACK_OFF_INITIAL_MS; ; backOffMs = Math.min(backOffMs * 2, BACK_OFF_MAX_MS)) {
    const { image: name = '', imagePullPolicy } = container();
    const always = imagePullPolicy === 'Always';
    if (always) record('Normal', 'Pulling', `Pulling image "${name}"`);
    const image = images.find(name);
    if (image) {
      record('Normal', 'Pulled', presentMessage(name, always));
      return image;
    }
    const { reason, message } = pullError(container(), images);
    record('Warning', reason === 'InvalidImageName' ? 'InspectFailed' : 'Failed', message);
    record('Warning', 'Failed', `Error: ${reason}`);
    wait(reason, message);
    if (reason === 'ErrImagePull') {
      await delay(ERROR_SHOWN_MS, undefined, { signal });
      record('Normal', 'BackOff', `Back-off pulling image "${name}"`);
      record('Warning', 'Failed', 'Error: ImagePullBackOff');
      wait('ImagePullBackOff', `Back-off pulling image "${name}": ErrImagePull: ${message}`);
    }
    await delay(backOffMs, undefined, { signal });
  }
}

function pullError({ image: name = '', imagePullPolicy }: Container, images: Images): PullError {
  if (!isImageName(name)) {
    const cause = `couldn't parse image name "${name}": invalid reference format`;
    return { reason: 'InvalidImageName', message: `Failed to apply default image tag "${name}": ${cause}` };
  }
  if (imagePullPolicy === 'Never') {
    const message = `Container image "${name}" is not present with pull policy of Never`;
    return { reason: 'ErrImageNeverPull', message };
  }
  const full = fullImageName(name);
  const cause = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`;
  const known = `the embedded cluster has ${images.names().join(', ')}`;
  const message = `Failed to pull image "${name}": rpc error: code = NotFound desc = ${cause} (${known})`;
  return { reason: 'ErrImagePull', message };
}

function presentMessage(name: string, always: boolean): string {
  if (always) return `Successfully pulled image "${name}" in 0s (0s including waiting). Image size: 0 bytes.`;
  return `Container image "${name}" already present on machine and can be accessed by the pod`;
}
