// Protects how the code of a contract is found in a file. The forms are those of solc 0.8.28 (standard JSON output and
// --combined-json), Hardhat 2 (artifacts/**/NAME.json) and Foundry (out/**/NAME.json), cut to what is read.
#include <strata/contracts/artifact.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::contracts {
namespace {

using ::testing::HasSubstr;

std::string code(std::string_view content, std::string_view name = {}) {
    const auto out = read_artifact(as_bytes(content), name);
    return out ? to_hex(out->initcode) : out.error().message();
}

TEST(Artifact, hexadecimal_and_plain_bytes) {
    EXPECT_EQ(code("6080ff"), "6080ff");
    EXPECT_EQ(code("0x6080FF\n"), "6080ff");
    EXPECT_EQ(code("6080\n6040\n"), "60806040");
    EXPECT_EQ(code(std::string_view("\x60\x80\x00\xff", 4)), "608000ff");
    EXPECT_EQ(code(std::string_view("{\x00\x01", 3)), "7b0001");  // PUSH28, no JSON
}

TEST(Artifact, what_compilers_write) {
    EXPECT_EQ(
        code(
            R"({"_format":"hh-sol-artifact-1","contractName":"A","abi":[],"bytecode":"0x6001","deployedBytecode":"0x6002"})"),
        "6001");
    EXPECT_EQ(
        code(R"({"abi":[],"bytecode":{"object":"0x6001","sourceMap":""},"deployedBytecode":{"object":"0x6002"}})"),
        "6001");
    const char* standard =
        R"({"contracts":{"a.sol":{"A":{"evm":{"bytecode":{"object":"6001"}}},"B":{"evm":{"bytecode":{"object":"6002"}}}}}})";
    EXPECT_EQ(code(standard, "B"), "6002");
    EXPECT_EQ(code(standard, "a.sol:A"), "6001");
    EXPECT_THAT(code(standard), HasSubstr("several contracts; name one of these with --contract: a.sol:A, a.sol:B"));
    EXPECT_THAT(code(standard, "C"), HasSubstr("no contract is named C"));
    EXPECT_EQ(code(R"({"contracts":{"a.sol:A":{"bin":"6001"}},"version":"0.8.28"})"), "6001");
}

TEST(Artifact, refusals_say_what_is_wrong) {
    EXPECT_THAT(code(""), HasSubstr("empty"));
    EXPECT_THAT(code("608"), HasSubstr("not hexadecimal"));
    EXPECT_THAT(code("hello"), HasSubstr("not hexadecimal"));
    EXPECT_THAT(code(R"({"abi":[],"bytecode":"0x"})"), HasSubstr("interfaces and abstract contracts"));
    EXPECT_THAT(code(R"({"bytecode":"0x60__$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa$__60"})"), HasSubstr("link it"));
    EXPECT_THAT(code(R"({"abi":[]})"), HasSubstr("interfaces and abstract contracts"));
    EXPECT_THAT(code(R"({"contracts":7})"), HasSubstr("no contract"));
    EXPECT_THAT(code(R"({"contracts":{"a":[1]},"bytecode":7})"), HasSubstr("no contract"));
}

}  // namespace
}  // namespace strata::contracts
