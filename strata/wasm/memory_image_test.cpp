#include <gtest/gtest.h>

#include <strata/wasm/memory_image.hpp>
#include <strata/wasm/parser.hpp>
#include <strata/wasm/test_module.hpp>

namespace strata::wasm {
namespace {

Bytes module_with_data(std::initializer_list<std::string_view> segments, std::string_view memory = "0001") {
    return module_of({section(SectionId::memory, {memory}), section(SectionId::data, segments)});
}
bool image_of(const Bytes& module) {
    return has_image(parse(module).value());
}

TEST(MemoryImageTest, OnlyActiveDataThatFitsHasAnImage) {
    EXPECT_TRUE(image_of(module_with_data({"00 41100b 02 0102"})));
    EXPECT_TRUE(image_of(module_with_data({"00 41100b 02 0102", "01 01 ff"})));
    EXPECT_FALSE(image_of(module_with_data({"01 01 ff"}))) << "passive";
    EXPECT_FALSE(image_of(module_with_data({"00 41100b 00"}))) << "empty";
    EXPECT_FALSE(image_of(module_with_data({"00 41100b 01 01", "00 41ffff030b 02 0102"}))) << "behind the end";
    EXPECT_FALSE(image_of(module_with_data({"00 417f0b 01 01"}))) << "at 4,294,967,295";
    EXPECT_FALSE(image_of(module_of({section(SectionId::import, {"0161 016d 02 0001"}),
                                     section(SectionId::data, {"00 41100b 01 01"})})))
        << "imported";
}

TEST(MemoryImageTest, AModuleWithoutDataKeepsItsSegments) {
    const Bytes module = module_with_data({"00 41100b 02 0102", "01 01 ff", "00 41200b 01 03"});
    const Bytes stripped = without_data(parse(module).value());
    EXPECT_EQ(stripped, module_with_data({"00 41100b 00", "01 01 ff", "00 41200b 00"}));
}

}  // namespace
}  // namespace strata::wasm
