#include "tests/api/expect.h"

namespace ingot {
namespace {

Array table() { return reshape(arange(6), {2, 3}); }

TEST(Manipulation, ReshapesInCOrder) {
  const Array x = table();
  EXPECT_VALUES(reshape(x, {3, 2}), ({3, 2}), int, 0, 1, 2, 3, 4, 5);
  EXPECT_VALUES(reshape(x.T(), {6}), ({6}), int, 0, 3, 1, 4, 2, 5);
  EXPECT_EQ(reshape(x, {3, -1}).shape(), (Shape{3, 2}));
  EXPECT_EQ(reshape(x, -1).shape(), Shape{6});
  EXPECT_EQ(reshape(zeros({0, 3}), {-1, 3}).shape(), (Shape{0, 3}));
  EXPECT_EQ(reshape(Array(5), {1, 1}).shape(), (Shape{1, 1}));
  EXPECT_EQ(ravel(x).shape(), Shape{6});
  EXPECT_SAME_NODE(flatten(x), ravel(x));
  EXPECT_SAME_NODE(reshape(x, {2, 3}), x);
}

TEST(Manipulation, RefusesAReshapeThatDoesNotFit) {
  const Array x = table();
  EXPECT_ERROR(ShapeError, reshape(x, {4, 2}),
               "reshape: an array of shape (2, 3), which has 6 elements, cannot take the shape (4, 2)");
  EXPECT_ERROR(ShapeError, reshape(x, {4, -1}),
               "reshape: an array of shape (2, 3), which has 6 elements, cannot take the shape (4, -1)");
  EXPECT_ERROR(ShapeError, reshape(x, {0, -1}),
               "reshape: an array of shape (2, 3), which has 6 elements, cannot take the shape (0, -1)");
  EXPECT_ERROR(ValueError, reshape(x, {-1, -1}),
               "reshape: shape (-1, -1) has more than one -1; only one extent can be found from the rest");
  EXPECT_ERROR(ValueError, reshape(x, {-2, -3}), "reshape: shape (-2, -3) has the negative extent -2 at axis 0");
}

TEST(Manipulation, PermutesAxes) {
  const Array x = reshape(arange(24), {2, 3, 4});
  EXPECT_VALUES(table().T(), ({3, 2}), int, 0, 3, 1, 4, 2, 5);
  EXPECT_EQ(x.T().shape(), (Shape{4, 3, 2}));
  EXPECT_SAME_NODE(transpose(x), x.T());
  EXPECT_SAME_NODE(x.T().T(), x);
  EXPECT_EQ(permute_dims(x, {1, 2, 0}).shape(), (Shape{3, 4, 2}));
  EXPECT_EQ(permute_dims(x, {1, 2, 0})(2, 3, 1).item<int>(), x(1, 2, 3).item<int>());
  EXPECT_EQ(moveaxis(x, 0, -1).shape(), (Shape{3, 4, 2}));
  EXPECT_EQ(moveaxis(x, {0, 1}, {-1, 0}).shape(), (Shape{3, 4, 2}));
  EXPECT_EQ(moveaxis(x, {2, 0}, {0, 1}).shape(), (Shape{4, 2, 3}));
  EXPECT_EQ(swapaxes(x, 0, 2).shape(), (Shape{4, 3, 2}));
  EXPECT_SAME_NODE(transpose(Array(1)), transpose(Array(1)));
  EXPECT_ERROR(
      ValueError, permute_dims(x, {0, 1}),
      "permute_dims: 2 axes were given for an array of 3 axes, of shape (2, 3, 4); every axis must be named once");
  EXPECT_ERROR(ValueError, permute_dims(x, {0, 1, -3}),
               "permute_dims: axis -3 is given twice; each axis may be named once");
  EXPECT_ERROR(IndexError, swapaxes(x, 0, 3),
               "swapaxes: axis 3 is out of bounds for an array of 3 axes; axes run from -3 to 2");
  EXPECT_ERROR(ValueError, moveaxis(x, {0, 1}, 0),
               "moveaxis: 2 source and 1 destination axes were given; expected as many of each");
}

TEST(Manipulation, InsertsAndDropsAxesOfExtentOne) {
  const Array x = table();
  EXPECT_EQ(expand_dims(x, 0).shape(), (Shape{1, 2, 3}));
  EXPECT_EQ(expand_dims(x, -1).shape(), (Shape{2, 3, 1}));
  EXPECT_EQ(expand_dims(x, {0, 2}).shape(), (Shape{1, 2, 1, 3}));
  EXPECT_EQ(squeeze(expand_dims(x, {0, 2})).shape(), x.shape());
  EXPECT_EQ(squeeze(ones({1, 3, 1}), 0).shape(), (Shape{3, 1}));
  EXPECT_ERROR(ValueError, squeeze(x, 0),
               "squeeze: axis 0 of shape (2, 3) has extent 2; only axes of extent 1 can be dropped");
  EXPECT_ERROR(IndexError, expand_dims(x, 3),
               "expand_dims: axis 3 is out of bounds for a result of 3 axes; axes run from -3 to 2");
  EXPECT_ERROR(ValueError, expand_dims(x, {}),
               "expand_dims: which axes to insert was not said; give their places in the result");
}

TEST(Manipulation, Broadcasts) {
  EXPECT_VALUES(broadcast_to(array({1, 2}), {2, 2}), ({2, 2}), int, 1, 2, 1, 2);
  EXPECT_VALUES(broadcast_to(array({{1}, {2}}), {2, 3}), ({2, 3}), int, 1, 1, 1, 2, 2, 2);
  EXPECT_EQ(broadcast_to(ones({1}), {0}).shape(), Shape{0});
  EXPECT_EQ(broadcast_shapes({{2, 1}, {3}, {}}), (Shape{2, 3}));
  EXPECT_ERROR(ShapeError, broadcast_to(table(), {3, 2}),
               "broadcast_to: an array of shape (2, 3) does not broadcast to (3, 2); each extent, from the last, must "
               "be equal or 1");
  EXPECT_THROW(broadcast_to(ones({1, 2}), {2}), ShapeError);
  EXPECT_ERROR(ShapeError, broadcast_shapes({{2}, {3}}),
               "broadcast_shapes: (3,) does not broadcast with (2,), the shape of those before it");
}

TEST(Manipulation, Flips) {
  const Array x = table();
  EXPECT_VALUES(flip(x), ({2, 3}), int, 5, 4, 3, 2, 1, 0);
  EXPECT_VALUES(flip(x, 0), ({2, 3}), int, 3, 4, 5, 0, 1, 2);
  EXPECT_SAME_NODE(flip(flip(x, -1), -1), x);
  EXPECT_EQ(flip(zeros({0, 2})).shape(), (Shape{0, 2}));
}

TEST(Manipulation, ConvertsDtypes) {
  EXPECT_VALUES(astype(array({1.9, -1.9, 1e30, -1e30}), DType::Int32), ({4}), int, 1, -1, 2147483647, -2147483647 - 1);
  EXPECT_VALUES(astype(array({300, -1}), DType::UInt8), ({2}), int, 44, 255);
  EXPECT_VALUES(astype(array({0.0, -0.0, 0.5}), DType::Bool), ({3}), bool, false, false, true);
  EXPECT_VALUES(astype(array({true, false}), DType::Float64), ({2}), double, 1, 0);
  const Array x = array({1.0});
  EXPECT_SAME_NODE(astype(x, DType::Float64), x);
  EXPECT_VALUES(astype(Array(300), DType::Int8), ({}), int, 44);
}

}  // namespace
}  // namespace ingot
