// Expected bytes follow from wasm-encoder 0.20 and parity-wasm 0.42, whose forms docs/protocol/fvm.md §6.6 describes.
#include <strata/wasm/encoder.hpp>

#include <gtest/gtest.h>

#include <strata/wasm/parser.hpp>
#include <strata/wasm/test_module.hpp>

namespace strata::wasm {
namespace {

TEST(Encoder, SignedNumbersAreShort) {
    struct Case {
        std::int64_t value;
        const char* digits;
    };
    for (const auto& [value, digits] : std::initializer_list<Case>{
             {0, "00"},
             {63, "3f"},
             {64, "c000"},
             {-1, "7f"},
             {-64, "40"},
             {-65, "bf7f"},
             {-123456, "c0bb78"},  // DWARF 5, appendix C
             {0x7fffffff, "ffffffff07"},
             {-0x80000000LL, "8080808078"},
             {-0x7fffffffffffffffLL - 1, "8080808080808080807f"},
         }) {
        Bytes out;
        put_signed(out, value);
        EXPECT_EQ(to_hex(out), digits);
    }
}

TEST(Encoder, LongNumbersOfOperatorsBecomeShort) {
    struct Case {
        const char* longer;
        const char* shorter;
    };
    for (const auto& [longer, shorter] : std::initializer_list<Case>{
             {"10 8180808000", "1001"},
             {"41 ff7f", "417f"},
             {"42 808000", "4200"},
             {"0e 8200 8000 01 8200", "0e02000102"},
             {"28 8200 9000", "280210"},
             {"11 8100 8000", "110100"},
             {"1c 8100 7f", "1c017f"},
             {"fc 8a00 00 00", "fc0a0000"},
             {"fc 0c 8100 00", "fc0c0100"},
             {"fc 11 8000", "fc1100"},
             {"26 8000", "2600"},
             {"d2 8100", "d201"},
         }) {
        const Bytes code = hex(longer);
        OperatorReader reader(code);
        Operator op;
        ASSERT_TRUE(reader.next(op)) << longer;
        EXPECT_FALSE(op.shortest) << longer;
        Bytes out;
        put_operator(out, op, Dialect::standard);
        EXPECT_EQ(to_hex(out), shorter);
    }
}

// Every operator that a reader takes is written as it was, if its numbers were short.
TEST(Encoder, OperatorsStayTheSame) {
    for (const auto dialect : {Dialect::standard, Dialect::parity})
        for (unsigned code = 0; code < kOperatorCount; ++code) {
            if (code == 0xfc) continue;
            Bytes bytes;
            put_op(bytes, static_cast<Op>(code));
            const auto immediate = shapes_of(dialect)[code].immediate;
            if (immediate == Immediate::illegal) continue;
            if (immediate == Immediate::block_type) append(bytes, hex("7f"));
            if (immediate == Immediate::reference) append(bytes, hex("70"));
            if (immediate == Immediate::one_type) append(bytes, hex("017e"));
            append(bytes, hex("000000000000000000000000"));
            OperatorReader reader(bytes, dialect);
            Operator op;
            ASSERT_TRUE(reader.next(op)) << code;
            Bytes out;
            put_operator(out, op, dialect);
            EXPECT_EQ(to_hex(out), to_hex(op.bytes)) << code;
        }
}

Bytes assembled(const Bytes& bytes, Generation generation, Pass pass) {
    const auto module = parse(bytes);
    EXPECT_TRUE(module);
    return assemble(*module, {}, generation, pass);
}

TEST(Encoder, GenerationFourKeepsTheLastCustomSection) {
    const Bytes types = section(SectionId::type, {"600000"});
    const Bytes a = hex("00 03 01 61 01");
    const Bytes b = hex("00 03 01 62 02");
    const Bytes long_count = hex("05 84 00 81 00 00 01");  // a memory section with long numbers
    const Bytes expected = module_of({b, types, hex("05 04 81 00 00 01")});
    EXPECT_EQ(to_hex(assembled(module_of({a, types, b, long_count}), Generation::four, Pass::stack_limiter)),
              to_hex(expected));
}

TEST(Encoder, GenerationTwoWritesEverythingAnew) {
    const Bytes types = section(SectionId::type, {"600000"});
    const Bytes a = hex("00 04 8100 61 01");
    const Bytes b = hex("00 03 01 62 02");
    const Bytes long_memory = hex("05 84 00 81 00 00 01");
    const Bytes none = hex("04 01 00");  // a table section without tables
    const Bytes count = hex("0c 02 81 00");
    const Bytes segments = section(SectionId::data, {"02 00 41 8000 0b 8100 7a"});
    const Bytes module = module_of({a, types, b, none, long_memory, count, segments});
    const Bytes short_a = hex("00 03 01 61 01");
    const Bytes memory = section(SectionId::memory, {"0001"});
    const Bytes short_segments = section(SectionId::data, {"00 41 00 0b 01 7a"});
    EXPECT_EQ(to_hex(assembled(module, Generation::two, Pass::stack_limiter)),
              to_hex(module_of({types, memory, short_segments, hex("0c 01 01"), b, short_a})));
    EXPECT_EQ(to_hex(assembled(module, Generation::two, Pass::gas_metering)),
              to_hex(module_of({types, memory, hex("0c 01 01"), short_segments, short_a, b})));
}

}  // namespace
}  // namespace strata::wasm
