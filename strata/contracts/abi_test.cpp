// Protects the ABI: the examples of Solidity's specification both ways, the limits of each type, and hostile data.
// Expected values: Solidity 0.8.28, "Contract ABI Specification" (Examples; Use of Dynamic Types; Errors) and EIP-55.
#include <strata/contracts/abi.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::contracts {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Values = std::vector<std::string>;

std::string call_hex(const char* function, const Values& values) {
    const auto parsed = parse_function(function);
    EXPECT_TRUE(parsed) << parsed.error().message();
    const auto out = encode_call(*parsed, values);
    return out ? to_hex(*out) : out.error().message();
}
std::string word(std::string_view digits) {
    return std::string(64 - digits.size(), '0') + std::string(digits);
}
std::string left(std::string digits) {
    digits.resize(64, '0');
    return digits;
}
Result<Bytes> encoded(const char* types, const Values& values) {
    const auto parsed = parse_types(types);
    EXPECT_TRUE(parsed) << parsed.error().message();
    return encode_values(*parsed, values);
}
std::string refusal(const char* types, const Values& values) {
    const auto out = encoded(types, values);
    return out ? "0x" + to_hex(*out) : out.error().message();
}
Result<Values> decoded(const char* types, const std::string& hex) {
    const auto parsed = parse_types(types);
    EXPECT_TRUE(parsed) << parsed.error().message();
    return decode_values(*parsed, from_hex(hex).value());
}

struct Example {
    const char* function;
    Values values;
    std::string hex;
};

// The five calls of the specification, the error of its section "Errors", and a call of ERC-20.
std::vector<Example> examples() {
    return {
        {"baz(uint32,bool)", {"69", "true"}, "cdcd77c0" + word("45") + word("1")},
        {"bar(bytes3[2])", {"[0x616263,0x646566]"}, "fce353f6" + left("616263") + left("646566")},
        {"sam(bytes,bool,uint256[])",
         {"0x64617665", "true", "[1,2,3]"},
         "a5643bf2" + word("60") + word("1") + word("a0") + word("4") + left("64617665") + word("3") + word("1") +
             word("2") + word("3")},
        {"f(uint256,uint32[],bytes10,bytes)",
         {"291", "[1110,1929]", "0x31323334353637383930", "0x48656c6c6f2c20776f726c6421"},
         "8be65246" + word("123") + word("80") + left("31323334353637383930") + word("e0") + word("2") + word("456") +
             word("789") + word("d") + left("48656c6c6f2c20776f726c6421")},
        {"g(uint256[][],string[])",
         {"[[1,2],[3]]", R"(["one","two","three"])"},
         "2289b18c" + word("40") + word("140") + word("2") + word("40") + word("a0") + word("2") + word("1") +
             word("2") + word("1") + word("3") + word("3") + word("60") + word("a0") + word("e0") + word("3") +
             left("6f6e65") + word("3") + left("74776f") + word("5") + left("7468726565")},
        {"InsufficientBalance(uint256,uint256)", {"0", "4096"}, "cf479181" + word("0") + word("1000")},
        {"transfer(address,uint256)",
         {"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "1000"},
         "a9059cbb" + word("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed") + word("3e8")},
    };
}

TEST(Abi, encodes_the_examples_of_the_specification) {
    for (const auto& example : examples()) EXPECT_EQ(call_hex(example.function, example.values), example.hex);
}

TEST(Abi, decodes_them) {
    for (const auto& example : examples()) {
        const auto function = parse_function(example.function).value();
        const auto values = decode_values(function.inputs, from_hex(example.hex.substr(8)).value());
        ASSERT_TRUE(values) << example.function << ": " << values.error().message();
        EXPECT_EQ(*values, example.values) << example.function;
    }
}

// Data that ethers 6.17.0 makes of these functions and values.
std::vector<Example> tuple_examples() {
    return {
        {"f((uint256,uint256[],(uint256,uint256)[]),(uint256,uint256),uint256)",
         {"(1,[2,3],[(4,5),(6,7)])", "(8,9)", "10"},
         "6f2be728" + word("80") + word("8") + word("9") + word("a") + word("1") + word("60") + word("c0") + word("2") +
             word("2") + word("3") + word("2") + word("4") + word("5") + word("6") + word("7")},
        {"g((string,bool)[2],(address,bytes3)[])",
         {R"([("a,\"b\"\\",true),("",false)])", "[(0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed,0x616263)]"},
         "ada56374" + word("40") + word("160") + word("40") + word("c0") + word("40") + word("1") + word("6") +
             left("612c2262225c") + word("40") + word("0") + word("0") + word("1") +
             word("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed") + left("616263")},
        {"h((uint8,(int16,bool)[2]))",
         {"(1,[(-1,true),(2,false)])"},
         "bcd65116" + word("1") + std::string(64, 'f') + word("1") + word("2") + word("0")},
    };
}

TEST(Abi, tuples_are_encoded_as_by_ethers_and_decoded) {
    for (const auto& example : tuple_examples()) {
        EXPECT_EQ(call_hex(example.function, example.values), example.hex);
        const auto function = parse_function(example.function).value();
        EXPECT_EQ(decode_values(function.inputs, from_hex(example.hex.substr(8)).value()).value(), example.values);
    }
}

TEST(Abi, a_tuple_may_stand_in_brackets_and_have_spaces) {
    EXPECT_EQ(refusal("(uint8,string)", {"[1, \"a b\"]"}), refusal("(uint8,string)", {"( 1,\"a b\" )"}));
    EXPECT_EQ(refusal("(uint8,(bool,bool[]))", {"(1, [true, [ false, true ]])"}),
              refusal("(uint8,(bool,bool[]))", {"(1,(true,[false,true]))"}));
    EXPECT_THAT(refusal("(uint8,bool)", {"(1)"}), HasSubstr("expected 2 values, got 1"));
    EXPECT_THAT(refusal("(uint8,bool)", {"(1,2)"}), HasSubstr("argument 1: value 2"));
    for (const char* text : {"1", "(1,true", "(1,true]", "[1,true)", "(1,(true)", "(1,true)x", "((1,true)", "()x", ""})
        EXPECT_THAT(refusal("(uint8,bool)", {text}), HasSubstr("values between parentheses")) << text;
    EXPECT_THAT(refusal("uint8[]", {"(1)"}), HasSubstr("values between brackets"));
}

TEST(Abi, a_text_in_quotes_has_escapes) {
    const auto one = [](const char* text) { return refusal("string[]", {std::string("[\"") + text + "\"]"}); };
    EXPECT_EQ(one(R"(a\"b)"), "0x" + word("20") + word("1") + word("20") + word("3") + left("612262"));
    EXPECT_EQ(one(R"(\\)"), "0x" + word("20") + word("1") + word("20") + word("1") + left("5c"));
    EXPECT_EQ(one(R"(\x1b[)"), "0x" + word("20") + word("1") + word("20") + word("2") + left("1b5b"));
    for (const char* text : {R"(\n)", R"(\x1)", R"(\xzz)", R"(\)",
                             R"(a"b"c)"
                             "\""})
        EXPECT_THAT(one(text), HasSubstr("is not a value")) << text;
}

TEST(Abi, a_function_may_say_what_it_returns) {
    for (const char* text : {"balanceOf(address)(uint256)", "balanceOf(address owner) external view returns (uint256)",
                             "function balanceOf(address owner) public view virtual returns (uint256 held);",
                             "balanceOf( address ) (uint)"}) {
        const auto function = parse_function(text);
        ASSERT_TRUE(function) << text << ": " << function.error().message();
        EXPECT_EQ(function->signature(), "balanceOf(address)") << text;
        ASSERT_TRUE(function->outputs) << text;
        ASSERT_EQ(function->outputs->size(), 1U) << text;
        EXPECT_EQ(function->outputs->front().name(), "uint256") << text;
    }
    const auto struct_taker =
        parse_function("f(tuple(uint8 a, string b)[] memory list, string calldata name) external");
    ASSERT_TRUE(struct_taker) << struct_taker.error().message();
    EXPECT_EQ(struct_taker->signature(), "f((uint8,string)[],string)");
    EXPECT_FALSE(struct_taker->outputs);
    EXPECT_TRUE(parse_function("f()()").value().outputs->empty());
}

TEST(Abi, a_selector_is_made_of_canonical_names) {
    EXPECT_EQ(parse_function(" baz( uint32 , bool )").value().signature(), "baz(uint32,bool)");
    EXPECT_EQ(parse_function("f(uint,int[3][],bytes1)").value().signature(), "f(uint256,int256[3][],bytes1)");
    EXPECT_EQ(to_hex(parse_function("totalSupply()").value().selector()), "18160ddd");  // ERC-20
}

TEST(Abi, numbers_fill_a_word_with_their_sign) {
    const std::string minus_one(64, 'f');
    EXPECT_EQ(refusal("int8", {"-1"}), "0x" + minus_one);
    EXPECT_EQ(refusal("int8", {"-128"}), "0x" + std::string(62, 'f') + "80");
    EXPECT_EQ(refusal("uint256", {"0x" + minus_one}), "0x" + minus_one);
    EXPECT_THAT(decoded("int8,int256", minus_one + minus_one).value(), ElementsAre("-1", "-1"));
}

TEST(Abi, numbers_that_do_not_fit_are_refused) {
    EXPECT_THAT(refusal("uint8", {"256"}), HasSubstr("expected 0 to 255"));
    EXPECT_THAT(refusal("uint8", {"-1"}), HasSubstr("expected 0 to 255"));
    EXPECT_THAT(refusal("int8", {"128"}), HasSubstr("expected -128 to 127"));
    EXPECT_THAT(refusal("int8", {"-129"}), HasSubstr("expected -128 to 127"));
    EXPECT_THAT(refusal("uint256", {"0x1" + std::string(64, '0')}), HasSubstr("expected 0 to 115792"));
    for (const char* text : {"", "one", "0x", "0xg", "1.5", "1e3"})
        EXPECT_THAT(refusal("uint256", {text}), HasSubstr("decimal number")) << text;
    EXPECT_FALSE(decoded("uint8", word("100")));
    EXPECT_FALSE(decoded("int8", word("80")));
    EXPECT_FALSE(decoded("bool", word("2")));
    EXPECT_FALSE(decoded("bytes3", left("61626364")));
    EXPECT_FALSE(decoded("address", left("01")));
}

TEST(Abi, values_of_the_wrong_form_are_refused) {
    EXPECT_THAT(refusal("bool", {"1"}), HasSubstr("expected true or false"));
    EXPECT_THAT(refusal("bytes3", {"0x6162"}), HasSubstr("expected 3 bytes, got 2"));
    EXPECT_THAT(refusal("bytes", {"abc"}), HasSubstr("expected 0x"));
    EXPECT_THAT(refusal("uint8[2]", {"[1]"}), HasSubstr("expected 2 values, got 1"));
    EXPECT_THAT(refusal("uint8[]", {"[1,256]"}), HasSubstr("argument 1: value 2"));
    for (const char* text : {"1", "[1", "1]", "[[1]", "[1]]", "[\"1]"})
        EXPECT_THAT(refusal("uint8[]", {text}), HasSubstr("is not a value")) << text;
    EXPECT_THAT(refusal("uint8,uint8", {"1"}), HasSubstr("1 arguments for 2 types"));
}

TEST(Abi, types_that_do_not_exist_are_refused) {
    for (const char* type : {"uint7",
                             "uint264",
                             "uint08",
                             "int0",
                             "bytes33",
                             "bytes0",
                             "bool8",
                             "tuple",
                             "()",
                             "(uint8",
                             "uint8)",
                             "(uint8))",
                             "map(uint8)",
                             "(uint8,)",
                             "(uint7)",
                             "uint8 8",
                             "",
                             "uint8[0]",
                             "uint8[",
                             "uint8]",
                             "uint8[-1]",
                             "uint8[10001]",
                             "uint8[][][][][][][][][]"}) {
        const auto types = parse_types(std::string(type) + ",bool");
        ASSERT_FALSE(types) << type;
        EXPECT_EQ(types.error().code(), Errc::invalid_argument);
    }
    std::string deep = "uint8";
    for (int i = 0; i < 9; ++i) deep = "(" + deep + ")";
    EXPECT_FALSE(parse_types(deep));
    for (const char* function : {"", "f", "f(", "(uint8)", "1f()", "f()x", "f(uint8", "f() x", "f() view (uint8)",
                                 "f()(uint8", "f() returns", "f()(uint8)x", "f()returns)"})
        EXPECT_FALSE(parse_function(function)) << function;
    EXPECT_TRUE(parse_types("").value().empty());
}

// The addresses of EIP-55.
TEST(Abi, addresses_have_a_checksum) {
    for (const char* address :
         {"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
          "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb"}) {
        EXPECT_EQ(checksummed(parse_ethereum_address(address).value()), address);
        std::string small = address;
        for (char& c : small) c = static_cast<char>(std::tolower(c));
        EXPECT_EQ(checksummed(parse_ethereum_address(small).value()), address);
    }
    const auto wrong = parse_ethereum_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed");
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().message(), HasSubstr("expected 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"));
}

// docs/protocol/fvm.md §1.2, §8.13: the form that contracts see of an f410 and of an ID address.
TEST(Abi, addresses_of_filecoin_have_their_ethereum_form) {
    EXPECT_EQ(to_hex(parse_ethereum_address("f0103").value()), "ff00000000000000000000000000000000000067");
    EXPECT_EQ(to_hex(parse_ethereum_address("t410fkkld55ioe7qg24wvt7fu6pbknb56ht7pt4zamxa").value()),
              "52963ef50e27e06d72d59fcb4f3c2a687be3cfef");  // the example of FIP-0048
    for (const char* text : {"f1abjxfbp274xpdqcpuaykwkfb43omjotacm2p3za", "0x12", "0xzz", "alice"})
        EXPECT_FALSE(parse_ethereum_address(text)) << text;
}

TEST(Abi, data_that_ends_early_is_refused) {
    const std::string whole = examples()[4].hex.substr(8);
    const auto types = parse_function(examples()[4].function).value().inputs;
    const Bytes data = from_hex(whole).value();
    for (std::size_t size = 0; size + 27 < data.size(); ++size)  // the last string is padded with 27 zeros
        EXPECT_FALSE(decode_values(types, BytesView(data).first(size))) << size;
}

TEST(Abi, offsets_and_lengths_out_of_range_are_refused) {
    const std::string huge(64, 'f');
    EXPECT_FALSE(decoded("string", huge));
    EXPECT_FALSE(decoded("string", word("40")));
    EXPECT_FALSE(decoded("string", word("20") + huge));
    EXPECT_FALSE(decoded("uint256[]", word("20") + huge));
    EXPECT_FALSE(decoded("uint256[]", word("20") + word("ffffff")));
}

TEST(Abi, tuples_of_hostile_data_are_refused) {
    for (const auto& example : tuple_examples()) {
        const auto types = parse_function(example.function).value().inputs;
        const Bytes data = from_hex(example.hex.substr(8)).value();
        for (std::size_t size = 0; size < data.size(); size += 32)
            EXPECT_FALSE(decode_values(types, BytesView(data).first(size))) << example.function << " " << size;
    }
    EXPECT_FALSE(decoded("(uint8,bool)", word("1") + word("2")));
    EXPECT_FALSE(decoded("(uint8,string)", word("20") + word("1") + word("ffff")));
}

// Each array's offsets all point to the same inner array, so that a kilobyte would stand for 10^15 values.
TEST(Abi, a_bomb_is_refused) {
    const unsigned fan = 30;
    std::string hex = word("20");
    for (int depth = 0; depth < 7; ++depth) {
        hex += word("1e");
        for (unsigned i = 0; i < fan; ++i) hex += word("3c0");  // 30 words further
    }
    hex += word("0");
    const auto bomb = decoded("uint8[][][][][][][][]", hex);
    ASSERT_FALSE(bomb);
    EXPECT_EQ(bomb.error().code(), Errc::too_large);
}

TEST(Abi, texts_cannot_move_the_cursor) {
    const auto text = [](const std::string& hex) {
        const auto values = decoded("string", word("20") +
                                                  word(hex.size() == 2   ? "1"
                                                       : hex.size() == 4 ? "2"
                                                                         : "6") +
                                                  left(hex));
        return values ? values->front() : values.error().message();
    };
    EXPECT_EQ(text("1b5b324a0a41"), "\\x1b[2J\\x0aA");
    EXPECT_EQ(text("c3a9"), "é");
    EXPECT_EQ(text("c29b"), "\\xc2\\x9b");  // a control character of C1
    EXPECT_EQ(text("ff"), "\\xff");
}

}  // namespace
}  // namespace strata::contracts
