/** Functions of other rooms that the library offers as they are: the float network, files, designs. */
export { packBits } from '../../base/bits.js';
export { classify, floatEvaluator, preprocess } from '../../model/evaluate.js';
export { saveModel, writeModel } from '../../model/write.js';
export { makeDesign } from '../../rtl/design.js';
export { writeDesign } from '../../rtl/write-design.js';
export { decrypt, identityMatrix, sliceCount, xorMatrix } from '../../xor/matrix.js';
