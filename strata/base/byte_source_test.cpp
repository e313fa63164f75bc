#include <strata/base/byte_source.hpp>

#include <gtest/gtest.h>

namespace strata {
namespace {

TEST(ByteSource, ReadsMemoryInParts) {
    const Bytes data{1, 2, 3, 4, 5};
    const auto source = memory_source(data);
    Bytes buffer(3);
    EXPECT_EQ(source(buffer).value(), 3U);
    EXPECT_EQ(buffer, (Bytes{1, 2, 3}));
    EXPECT_EQ(read_full(source, buffer).value(), 2U);
    EXPECT_EQ(source(buffer).value(), 0U);
}

TEST(ByteSource, MissingFile) {
    const auto source = file_source("/nonexistent/file");
    ASSERT_FALSE(source.has_value());
    EXPECT_EQ(source.error().code(), Errc::io);
    EXPECT_EQ(source.error().message(), "cannot read /nonexistent/file: No such file or directory");
}

}  // namespace
}  // namespace strata
