// Encodings are those of the WebAssembly core specification 2.0, "Binary format"; what generation 2 reads instead is
// parity-wasm 0.42 src/elements/ops.rs.
#include <strata/wasm/operators.hpp>

#include <gtest/gtest.h>

#include <strata/wasm/test_module.hpp>

namespace strata::wasm {
namespace {

std::vector<Operator> read(const Bytes& code, Dialect dialect = Dialect::standard) {
    std::vector<Operator> out;
    OperatorReader reader(code, dialect);
    for (Operator op; reader.next(op);) out.push_back(op);
    EXPECT_TRUE(reader.status()) << reader.status().error().message();
    return out;
}
Errc error_of(const Bytes& code, Dialect dialect = Dialect::standard) {
    OperatorReader reader(code, dialect);
    for (Operator op; reader.next(op);) continue;
    const auto status = reader.status();
    return status ? Errc::internal : status.error().code();
}
Errc error_of(std::string_view digits, Dialect dialect = Dialect::standard) {
    return error_of(hex(digits), dialect);
}

TEST(Operators, AreReadInPlace) {
    const Bytes code = hex("0240 20 01 41 7f 1a 0b 0b");
    const auto ops = read(code);
    ASSERT_EQ(ops.size(), 6U);
    EXPECT_EQ(ops[0].op, Op::block);
    EXPECT_EQ(ops[0].type, 0x40);
    EXPECT_EQ(ops[1].op, Op::local_get);
    EXPECT_EQ(ops[1].index, 1U);
    EXPECT_EQ(ops[2].value, -1);
    EXPECT_EQ(ops[3].op, Op::drop);
    EXPECT_EQ(ops[5].op, Op::end);
    std::size_t at = 0;
    for (const Operator& op : ops) {
        EXPECT_EQ(op.bytes.data(), code.data() + at);
        at += op.bytes.size();
    }
    EXPECT_EQ(at, code.size());
}

TEST(Operators, SignedNumbers) {
    struct Case {
        const char* digits;
        std::int64_t value;
        bool shortest;
    };
    for (const auto& [digits, value, shortest] : std::initializer_list<Case>{
             {"41 00", 0, true},
             {"41 3f", 63, true},
             {"41 c000", 64, true},
             {"41 40", -64, true},
             {"41 bf7f", -65, true},
             {"41 8000", 0, false},
             {"41 ff7f", -1, false},
             {"41 ffffffff07", 0x7fffffff, true},
             {"41 8080808078", -0x80000000LL, true},
             {"41 ffffffff7f", -1, false},
             {"42 ffffffffffffffffff00", 0x7fffffffffffffffLL, true},
             {"42 8080808080808080807f", -0x7fffffffffffffffLL - 1, true},
             {"42 c0bb78", -123456, true},  // DWARF 5, appendix C
         }) {
        const Bytes code = hex(digits);
        const auto ops = read(code);
        ASSERT_EQ(ops.size(), 1U) << digits;
        EXPECT_EQ(ops[0].value, value) << digits;
        EXPECT_EQ(ops[0].shortest, shortest) << digits;
    }
    EXPECT_EQ(error_of("41 ffffffff0f"), Errc::malformed);  // a bit above the 32nd that is not the sign
    EXPECT_EQ(error_of("41 808080808000"), Errc::malformed);
    EXPECT_EQ(error_of("42 80808080808080808001"), Errc::malformed);
    EXPECT_EQ(error_of("42 8080808080808080808000"), Errc::malformed);
    EXPECT_EQ(error_of("41 80"), Errc::truncated);
}

TEST(Operators, UnsignedNumbers) {
    EXPECT_EQ(read(hex("20 ffffffff0f"))[0].index, 0xffffffffU);
    EXPECT_TRUE(read(hex("20 e58e26"))[0].shortest);
    EXPECT_EQ(read(hex("20 e58e26"))[0].index, 624485U);  // DWARF 5, appendix C
    EXPECT_FALSE(read(hex("20 8100"))[0].shortest);
    EXPECT_EQ(error_of("20 ffffffff1f"), Errc::malformed);
    EXPECT_EQ(error_of("20 808080808000"), Errc::malformed);
    EXPECT_EQ(error_of("20"), Errc::truncated);
    EXPECT_EQ(error_of("20 80"), Errc::truncated);
}

TEST(Operators, ABranchTableHasLabelsAndADefault) {
    const Bytes code = hex("0e 03 00 8100 02 05");
    const auto ops = read(code);
    std::vector<std::uint32_t> labels;
    EXPECT_TRUE(for_each_label(ops[0], [&](std::uint32_t label) {
        labels.push_back(label);
        return true;
    }));
    EXPECT_EQ(labels, (std::vector<std::uint32_t>{0, 1, 2}));
    EXPECT_EQ(ops[0].second, 5U);
    EXPECT_FALSE(ops[0].shortest);
    EXPECT_EQ(error_of("0e ffffffff0f"), Errc::too_large);
    EXPECT_EQ(error_of("0e 818008 00"), Errc::too_large);  // 131073
    EXPECT_EQ(error_of("0e 808008 00"), Errc::truncated);  // 131072
}

TEST(Operators, OnlyTheFeatureSetIsKnown) {
    for (const char* digits : {"06 40", "07 00", "08 00", "09 00", "12 00", "13 00 00", "18 00", "19", "fd 00", "fe 00",
                               "ff", "c5", "d3", "fc 12", "fc 80 01", "27", "14 00", "1d", "1f"})
        EXPECT_EQ(error_of(digits), Errc::unsupported) << digits;
    EXPECT_EQ(error_of("02 00"), Errc::unsupported);      // the type of a block is a number of a type
    EXPECT_EQ(error_of("02 7b"), Errc::unsupported);      // v128
    EXPECT_EQ(error_of("28 03 00"), Errc::malformed);     // alignment of 8 bytes for 4
    EXPECT_EQ(error_of("28 42 00 00"), Errc::malformed);  // the flag of a memory's number
    EXPECT_EQ(error_of("3f 01"), Errc::malformed);
    EXPECT_EQ(error_of("40 80 00"), Errc::malformed);
    EXPECT_EQ(error_of("1c 02 7f 7f"), Errc::malformed);
    EXPECT_EQ(error_of("d0 7f"), Errc::malformed);
    EXPECT_EQ(error_of("43 00 00 00"), Errc::truncated);
    EXPECT_EQ(error_of("44 00 00 00 00 00 00 00"), Errc::truncated);
}

TEST(Operators, EveryOperatorOfTheFeatureSet) {
    std::size_t known = 0;
    for (unsigned code = 0; code < kOperatorCount; ++code)
        if (kOperators[code].immediate != Immediate::illegal && kOperators[code].immediate != Immediate::prefix)
            ++known;
    // The 172 operators of version 1, 5 sign extensions, 8 saturating conversions, 7 of bulk memory, and 9 of reference
    // types: select with a type, three on references, and table.get, set, grow, size, fill.
    EXPECT_EQ(known, 172U + 5 + 8 + 7 + 9);
}

// In generation 2, memory.copy ends after its first byte; the second is the operator `unreachable`.
TEST(Operators, ParityReadsCopiesInTwo) {
    const Bytes code = hex("fc0a 00 00 fc0e 00 00 fc0b 00 fc08 00 00");
    EXPECT_EQ(read(code).size(), 4U);
    const auto ops = read(code, Dialect::parity);
    std::vector<Op> got;
    for (const Operator& op : ops) got.push_back(op.op);
    EXPECT_EQ(got, (std::vector<Op>{Op::memory_copy, Op::unreachable, Op::table_copy, Op::unreachable, Op::memory_fill,
                                    Op::memory_init}));
    EXPECT_EQ(error_of("fc08 01 00", Dialect::parity), Errc::malformed);
    for (const char* digits : {"c0", "c4", "1c 01 7f", "25 00", "26 00", "d0 70", "d1", "d2 00", "fc 00", "fc 07",
                               "fc 0f 00", "fc 10 00", "fc 11 00", "fc 8b 00 00", "02 70"})
        EXPECT_EQ(error_of(digits, Dialect::parity), Errc::unsupported) << digits;
    EXPECT_EQ(error_of("11 00 01", Dialect::parity), Errc::malformed);
    EXPECT_EQ(read(hex("11 00 01"))[0].second, 1U);
}

}  // namespace
}  // namespace strata::wasm
