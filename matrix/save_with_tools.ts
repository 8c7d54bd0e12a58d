/**
 * Saves by the tools of every day, in scripts and deployments.
 *
 * @module
 */

import { CONFIG, NEXT, savedByScript } from "./next_file.ts";
import type { Situation } from "./situation.ts";
import { sameSizeText } from "./text.ts";

/** The save styles of tools. */
export const savesWithTools: readonly Situation[] = [
  // The new lines are read after the first and every old one is deleted.
  savedByScript("sed", "`sed -i`", `sed -i -e '1r ${NEXT}' -e d ${CONFIG}`, {
    needs: ["linux"], // The sed of other systems wants another -i.
  }),
  savedByScript(
    "perl",
    "`perl -i`",
    `perl -0777 -i -pe 'open(F, "<", "${NEXT}"); local $/; $_ = <F>' ${CONFIG}`,
    { needs: ["perl"] },
  ),
  savedByScript("cp", "`cp` over it", `cp ${NEXT} ${CONFIG}`),
  savedByScript("mv", "`mv` over it", `mv ${NEXT} ${CONFIG}`),
  savedByScript("install", "`install`", `install -m 644 ${NEXT} ${CONFIG}`),
  savedByScript("tee", "`tee`", `tee ${CONFIG} < ${NEXT} > /dev/null`),
  savedByScript(
    "dd",
    "`dd conv=notrunc`, ten blocks over the old ones",
    `dd if=${NEXT} of=${CONFIG} bs=256 conv=notrunc 2> /dev/null`,
    { text: sameSizeText },
  ),
  savedByScript("rsync", "`rsync`", `rsync -I ${NEXT} ${CONFIG}`, { needs: ["rsync"] }),
  savedByScript(
    "rsync-inplace",
    "`rsync --inplace`",
    `rsync -I --inplace ${NEXT} ${CONFIG}`,
    { needs: ["rsync"] },
  ),
  savedByScript(
    "tar",
    "`tar x`",
    `tar -C next -cf next/archive ${CONFIG} && tar -xf next/archive`,
  ),
  savedByScript(
    "patch",
    "`patch`",
    `diff -u ${CONFIG} ${NEXT} > next/patch || patch -s ${CONFIG} next/patch`,
    { needs: ["patch"] },
  ),
];
