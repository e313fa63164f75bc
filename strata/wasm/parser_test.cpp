// Modules are written by hand after the WebAssembly core specification 2.0, "Binary format, modules".
#include <strata/wasm/parser.hpp>

#include <gtest/gtest.h>

#include <strata/wasm/test_module.hpp>

namespace strata::wasm {
namespace {

using enum SectionId;

Errc error_of(const Bytes& module) {
    const auto parsed = parse(module);
    return parsed ? Errc::internal : parsed.error().code();
}

TEST(Parser, AnEmptyModule) {
    const Bytes bytes = hex("0061736d01000000");
    const auto module = parse(bytes);
    ASSERT_TRUE(module);
    EXPECT_TRUE(module->sections.empty());
    EXPECT_EQ(error_of({}), Errc::malformed);
    EXPECT_EQ(error_of(hex("0061736d010000")), Errc::malformed);
    EXPECT_EQ(error_of(hex("0061736d0a000100")), Errc::malformed);  // a component
    EXPECT_EQ(error_of(hex("0061736d02000000")), Errc::malformed);
}

TEST(Parser, WhatAnEngineNeedsToKnow) {
    const Bytes bytes = module_of({
        section(type, {"60017f017f", "600000"}),
        section(import, {"03 656e76 01 66 00 00", "03 656e76 01 67 03 7e 00"}),
        section(function, {"01", "00"}),
        section(table, {"70 01 02 05"}),
        section(memory, {"01 01 10"}),
        section(global, {"7f 01 41 2a 0b", "7e 00 23 00 0b"}),
        section(export_, {"06 6d656d6f7279 02 00", "06 696e766f6b65 00 02", "01 67 03 01"}),
        hex("08 01 01"),
        section(element, {"00 41 00 0b 02 00 01"}),
        hex("0c 01 02"),
        code_section({"00 0b", "02 03 7f 01 7e 20 00 0b"}),
        section(data, {"00 41 04 0b 03 616263", "01 01 7a"}),
    });
    const auto parsed = parse(bytes);
    ASSERT_TRUE(parsed) << parsed.error().message();
    const Module& m = *parsed;
    EXPECT_EQ(m.types.size(), 2U);
    EXPECT_EQ(m.imported_functions, 1U);
    EXPECT_EQ(m.imported_globals, 1U);
    EXPECT_EQ(m.imports[0].module, "env");
    EXPECT_EQ(m.imports[1].global.type, ValueType::i64);
    EXPECT_EQ(m.functions, (std::vector<std::uint32_t>{0, 1, 0}));
    EXPECT_EQ(m.tables[0].limits.min, 2U);
    EXPECT_EQ(m.tables[0].limits.max, 5U);
    EXPECT_EQ(m.memories[0].min, 1U);
    EXPECT_EQ(m.memories[0].max, 16U);
    EXPECT_EQ(m.global_types.size(), 3U);
    EXPECT_EQ(m.globals[0].value.value, 42);
    EXPECT_EQ(m.exports[1].name, "invoke");
    EXPECT_EQ(m.exports[1].index, 2U);
    EXPECT_EQ(m.start, 1U);
    EXPECT_EQ(m.elements[0].count, 2U);
    EXPECT_EQ(m.data_count, 2U);
    EXPECT_EQ(m.bodies[1].local_groups, 2U);
    EXPECT_EQ(m.bodies[1].locals, 4U);
    EXPECT_EQ(m.data[0].offset.value, 4);
    EXPECT_EQ(as_text(m.data[0].bytes), "abc");
    EXPECT_EQ(m.data[1].mode, SegmentMode::passive);
}

TEST(Parser, SectionsHaveAnOrder) {
    const Bytes types = section(type, {"600000"});
    EXPECT_EQ(error_of(module_of({types, types})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({section(memory, {"0001"}), types})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({section(function, {}), code_section({}), hex("0c0100")})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({hex("0d0100")})), Errc::unsupported);  // tags of exceptions
    const Bytes custom_one = hex("00 03 01 61 ff");
    EXPECT_EQ(error_of(module_of({custom_one, types, custom_one, section(memory, {"0001"}), custom_one})),
              Errc::internal);
    const Bytes late_count = module_of({section(function, {}), code_section({}), hex("0c0100")});
    EXPECT_TRUE(parse(late_count, SectionOrder::any));
}

TEST(Parser, SizesThatLie) {
    EXPECT_EQ(error_of(module_of({hex("01 05 01 60 00 00")})), Errc::truncated);  // the file is shorter
    EXPECT_EQ(error_of(module_of({hex("01 ffffffff0f 01 60 00 00")})), Errc::truncated);
    EXPECT_EQ(error_of(module_of({hex("01 04 ffffff7f")})), Errc::too_large);  // a count without entries
    EXPECT_EQ(error_of(module_of({hex("01 02 8001 ")})), Errc::truncated);
    EXPECT_EQ(error_of(module_of({hex("01 05 01 60 00 00 00")})), Errc::trailing);
    EXPECT_EQ(error_of(module_of({hex("01 05 01 60 e807 00")})), Errc::truncated);  // 1000 parameters
    EXPECT_EQ(error_of(module_of({hex("01 05 01 60 e907 00")})), Errc::too_large);  // 1001
    EXPECT_EQ(error_of(module_of({hex("00 02 05 61")})), Errc::truncated);          // the name of a custom section
    EXPECT_EQ(error_of(module_of({hex("00 05 a18d06 61 61")})), Errc::too_large);   // a name of 100001 bytes
    EXPECT_EQ(error_of(module_of({hex("00 02 01 ff")})), Errc::malformed);          // not UTF-8
}

TEST(Parser, NumbersMustNameSomething) {
    const Bytes types = section(type, {"600000", "60017f00"});
    const Bytes one = section(function, {"00"});
    const Bytes code_one = code_section({"00 0b"});
    EXPECT_EQ(error_of(module_of({types, section(function, {"02"}), code_one})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({types, one})), Errc::malformed);  // no code
    EXPECT_EQ(error_of(module_of({types, code_one})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({types, one, code_section({"00 0b", "00 0b"})})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({types, one, section(export_, {"016100 01"}), code_one})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({types, one, section(export_, {"01610000", "01610000"}), code_one})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({types, one, hex("080101"), code_one})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({types, section(function, {"01"}), hex("080100"), code_one})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({types, one, section(element, {"0041000b00"}), code_one})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({section(data, {"0041000b00"})})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({section(memory, {"0001"}), hex("0c0101"), section(data, {})})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({section(global, {"7f0023000b"})})), Errc::malformed);
}

TEST(Parser, FeaturesThatAreOff) {
    EXPECT_EQ(error_of(module_of({section(type, {"6000027f7f"})})), Errc::too_large);  // two results
    EXPECT_EQ(error_of(module_of({section(type, {"60017b00"})})), Errc::unsupported);  // v128
    EXPECT_EQ(error_of(module_of({section(type, {"5f00"})})), Errc::truncated);        // a structure
    EXPECT_EQ(error_of(module_of({section(type, {"5f0000"})})), Errc::unsupported);
    EXPECT_EQ(error_of(module_of({section(memory, {"0001", "0001"})})), Errc::too_large);
    EXPECT_EQ(error_of(module_of({section(memory, {"030101"})})), Errc::unsupported);  // shared
    EXPECT_EQ(error_of(module_of({section(memory, {"0401"})})), Errc::unsupported);    // 64 bits
    EXPECT_EQ(error_of(module_of({section(memory, {"00818004"})})), Errc::too_large);  // 65537 pages
    EXPECT_EQ(error_of(module_of({section(memory, {"010201"})})), Errc::malformed);
    EXPECT_EQ(error_of(module_of({section(global, {"7f0041004101 6a 0b"})})), Errc::unsupported);
    EXPECT_EQ(error_of(module_of({section(global, {"7f0042000b"})})), Errc::malformed);  // an i64 for an i32
}

TEST(Parser, LocalsAreLimited) {
    const auto with_locals = [](std::string_view body) {
        return module_of({section(type, {"60017f00"}), section(function, {"00"}), code_section({body})});
    };
    EXPECT_EQ(error_of(with_locals("01 cf8603 7f 0b")), Errc::internal);  // 49999, and the parameter
    EXPECT_EQ(error_of(with_locals("01 d08603 7f 0b")), Errc::too_large);
    EXPECT_EQ(error_of(with_locals("02 ffffffff0f 7f ffffffff0f 7f 0b")), Errc::too_large);
    EXPECT_EQ(error_of(with_locals("ffffffff0f 0b")), Errc::truncated);
    EXPECT_EQ(error_of(with_locals("00")), Errc::truncated);
}

}  // namespace
}  // namespace strata::wasm
