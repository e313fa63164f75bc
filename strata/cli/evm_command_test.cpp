// Protects `strata evm` as a developer uses it, against a node with the complete API: what is deployed, sent, asked and
// refused, and what is printed. The contracts are those of tests/contracts; what they do follows from their sources.
// ERC-20's topic of Transfer is from EIP-20.
#include <strata/base/hex.hpp>
#include <strata/cli/test_program.hpp>
#include <strata/contracts/test_network.hpp>
#include <strata/devnet/network_folder.hpp>
#include <strata/testing/contracts.hpp>

namespace strata::cli {
namespace {

using strata::testing::contract_artifact;
using ::testing::HasSubstr;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;
using testing::Ran;

class EvmVerb : public contracts::testing::TestNetwork {
  protected:
    void SetUp() override {
        TestNetwork::SetUp();
        token_ = admin();
        std::ofstream(key()) << wallet::to_hex_lotus(chain::testing::test_key("faucet")) << "\n";
    }
    std::string key() const { return (folder_ / "key").string(); }
    /// Runs `strata evm VERB WORDS…` as the faucet.
    Ran evm(const std::string& verb, std::vector<std::string> words, bool with_key = true) {
        std::vector<std::string> all{"evm",     verb,   "--api",     url(),
                                     "--token", token_, "--network", (folder_ / "none").string()};
        if (with_key && verb != "call") all.insert(all.end(), {"--key", key()});
        all.insert(all.end(), words.begin(), words.end());
        return testing::strata_says(all);
    }
    /// The value of a line "name value"; fails the test if there is none.
    static std::string fact(const Ran& ran, const std::string& name) {
        const auto start = ("\n" + ran.out).find("\n" + name + " ");
        if (start == std::string::npos) {
            ADD_FAILURE() << "no line " << name << " in\n" << ran.all();
            return {};
        }
        auto line = ran.out.substr(start, ran.out.find('\n', start) - start);
        return line.substr(line.find_first_not_of(' ', name.size()));
    }
    std::string deploy_token() {
        const auto ran = evm("deploy", {contract_artifact("Token").string(), "--types", "string,string,uint256",
                                        "Test token", "TST", "1000"});
        EXPECT_EQ(ran.code, kSaysDone) << ran.all();
        return fact(ran, "contract");
    }

    std::string token_;
    strata::testing::TempFolder folder_;
};

constexpr const char* kFriend = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
constexpr const char* kTransferTopic = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

TEST_F(EvmVerb, a_caller_without_the_permission_to_write_is_refused) {
    token_ = tokens->issue({api::Permission::read});
    const auto ran = evm("deploy", {contract_artifact("Token").string(), "--types", "string,string,uint256",
                                    "Test token", "TST", "1000"});
    EXPECT_EQ(ran.code, kSaysNo) << ran.all();
    EXPECT_THAT(ran.err, HasSubstr("missing permission to invoke 'MpoolPush' (need 'write')"));
}

TEST_F(EvmVerb, a_token_is_deployed_and_moved) {
    const auto token = deploy_token();
    const auto sent = evm("invoke", {token, "transfer(address,uint256)", kFriend, "250", "--returns", "bool"});
    ASSERT_EQ(sent.code, kSaysDone) << sent.all();
    EXPECT_EQ(fact(sent, "exit code"), "0 (OK)");
    EXPECT_THAT(sent.out, HasSubstr("true"));
    EXPECT_THAT(sent.out, HasSubstr(std::string("t1   ") + kTransferTopic));
    EXPECT_THAT(sent.out, HasSubstr("t3   0x0000000000000000000000005aaeb6053f3e94c9b9a09f33669435e7ef1beaed"));
    EXPECT_THAT(sent.out, HasSubstr("d    0x" + std::string(62, '0') + "fa"));
    const auto balance = evm("call", {token, "balanceOf(address)", kFriend, "--returns", "uint256"});
    EXPECT_EQ(balance.code, kSaysDone) << balance.all();
    EXPECT_THAT(balance.out, HasSubstr("uint256 250"));
    const auto name = evm("call", {token, "06fdde03", "--returns", "string"});  // name()
    EXPECT_THAT(name.out, HasSubstr("Test token")) << name.all();
}

// With the ABI of the file nobody writes a type: neither of the constructor nor of a function, its results, events and
// errors.
TEST_F(EvmVerb, the_abi_of_an_artifact_names_the_types) {
    const auto abi = contract_artifact("Token").string();
    const auto made = evm("deploy", {abi, "Test token", "TST", "1000"});
    ASSERT_EQ(made.code, kSaysDone) << made.all();
    EXPECT_THAT(made.out, HasSubstr("Transfer(from: 0x0000000000000000000000000000000000000000, to: 0x"));
    const auto token = fact(made, "contract");
    const auto sent = evm("invoke", {token, "transfer", kFriend, "250", "--abi", abi});
    ASSERT_EQ(sent.code, kSaysDone) << sent.all();
    EXPECT_THAT(sent.out, HasSubstr(std::string("to: ") + kFriend + ", value: 250)"));
    EXPECT_THAT(sent.out, HasSubstr("bool    true"));
    EXPECT_THAT(evm("call", {token, "balanceOf", kFriend, "--abi", abi}).out, HasSubstr("uint256 250"));
    EXPECT_THAT(evm("call", {token, "symbol()", "--abi", abi}).out, HasSubstr("TST"));
    EXPECT_THAT(evm("call", {token, "symbol()(string)"}).out, HasSubstr("TST"));
    const auto refused = evm("invoke", {token, "transfer", kFriend, "5000", "--abi", abi});
    EXPECT_EQ(refused.code, kSaysNo);
    EXPECT_THAT(refused.err, HasSubstr("would fail and was not sent: TooLittle(")) << refused.all();
    EXPECT_THAT(evm("call", {token, "transfer", kFriend, "5000", "--abi", abi}).out, HasSubstr("TooLittle("));
}

TEST_F(EvmVerb, a_contract_has_three_addresses_that_are_one) {
    const auto ran = evm("deploy", {contract_artifact("Vault").string(), "--value", "1.5"});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    for (const char* name : {"contract", "address", "ID"}) {
        const auto balance = evm("call", {fact(ran, name), "balance()", "--returns", "uint256"});
        EXPECT_THAT(balance.out, HasSubstr("1500000000000000000")) << name << balance.all();
    }
    const auto masked = "0xff" + std::string(22, '0') + [&] {
        Bytes id(8);
        store_be(id.data(), *Address::parse(fact(ran, "ID")).value().as_id());
        return to_hex(id);
    }();
    EXPECT_EQ(evm("call", {masked, "balance()"}).code, kSaysDone);
}

TEST_F(EvmVerb, value_without_input_reaches_receive) {
    const auto vault = fact(evm("deploy", {contract_artifact("Vault").string()}), "contract");
    const auto ran = evm("invoke", {vault, "0x", "--value", "0.000000000000000007"});
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr("d    0x" + std::string(63, '0') + "7"));
    EXPECT_EQ(fact(ran, "returned"), "nothing");
}

TEST_F(EvmVerb, a_revert_is_told_before_anything_is_sent) {
    const auto reporter = fact(evm("deploy", {contract_artifact("Reporter").string()}), "contract");
    const auto ran = evm("invoke", {reporter, "check(uint256,uint256)", "1", "2"});
    EXPECT_EQ(ran.code, kSaysNo);
    EXPECT_THAT(ran.err, HasSubstr("was not sent: \"a must be greater than b\""));
    EXPECT_EQ(node->pending_count(), 0U);
    const auto asked = evm("call", {reporter, "divide(uint256,uint256)", "1", "0"});
    EXPECT_EQ(asked.code, kSaysNo);
    EXPECT_EQ(fact(asked, "exit code"), "33 (EVM_CONTRACT_REVERTED)");
    EXPECT_EQ(fact(asked, "reason"), "panic 0x12: a division or modulo by zero");
}

TEST_F(EvmVerb, a_transaction_that_fails_on_chain_has_its_reason) {
    const auto reporter = fact(evm("deploy", {contract_artifact("Reporter").string()}), "contract");
    const auto ran = evm("invoke", {reporter, "check(uint256,uint256)", "1", "2", "--gas-limit", "50000000"});
    if (ran.err.find("was not sent") != std::string::npos) GTEST_FAIL() << ran.all();
    EXPECT_EQ(ran.code, kSaysNo);
    EXPECT_EQ(fact(ran, "exit code"), "33 (EVM_CONTRACT_REVERTED)");
    EXPECT_EQ(fact(ran, "reason"), "\"a must be greater than b\"");
}

TEST_F(EvmVerb, a_constructor_that_reverts_is_told_with_its_reason) {
    const auto ran = evm("deploy", {contract_artifact("Child").string(), "--types", "uint256", "13"});
    EXPECT_EQ(ran.code, kSaysNo);
    EXPECT_THAT(ran.err, HasSubstr("13 brings bad luck")) << ran.all();
    // The same arguments encoded by hand.
    const auto encoded = evm("deploy", {contract_artifact("Child").string(), "--args", std::string(63, '0') + "7"});
    EXPECT_EQ(encoded.code, kSaysDone) << encoded.all();
    EXPECT_THAT(evm("call", {fact(encoded, "contract"), "number()", "--returns", "uint8"}).out, HasSubstr("uint8   7"));
}

// The owner of an Ethereum key signs a transaction of Ethereum, and needs no message to become an account.
TEST_F(EvmVerb, an_ethereum_key_can_send) {
    const auto vault = fact(evm("deploy", {contract_artifact("Vault").string(), "--value", "3"}), "contract");
    const std::string secret(64, '1');
    const auto owner = wallet::address_of({wallet::KeyType::delegated, Bytes(32, 0x11)}).value();
    ASSERT_EQ(evm("invoke", {vault, "pay(address,uint256)", owner.to_string(), "2000000000000000000"}).code, kSaysDone);
    std::ofstream(folder_ / "ethereum") << "0x" << secret << "\n";
    const auto ran = evm("invoke", {vault, "0x", "--value", "1", "--key", (folder_ / "ethereum").string()}, false);
    ASSERT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_EQ(fact(ran, "sender"), owner.to_string('t'));
    EXPECT_THAT(evm("call", {vault, "balance()", "--returns", "uint256"}).out, HasSubstr("2000000000000000000"));
}

TEST_F(EvmVerb, refuses_what_it_cannot_do_and_says_why) {
    const auto refuses = [&](int code, const std::string& verb, std::vector<std::string> words, const char* why) {
        const auto ran = evm(verb, std::move(words));
        EXPECT_EQ(ran.code, code) << ran.all();
        EXPECT_THAT(ran.err, HasSubstr(why));
        EXPECT_EQ(ran.out, "");
    };
    const auto token = contract_artifact("Token").string();
    refuses(kSaysUsage, "deploy", {(folder_ / "missing").string()}, "there is no such file");
    const auto vault = contract_artifact("Vault").string();  // its constructor has no arguments
    refuses(kSaysUsage, "deploy", {vault, "--value", "a"}, "--value a: expected an amount in FIL");
    refuses(kSaysUsage, "deploy", {vault, "--value", "0.0000000000000000001"}, "at most 18 decimals");
    refuses(kSaysUsage, "deploy", {token, "--args", "0xabc"}, "--args 0xabc: expected an even number");
    refuses(kSaysUsage, "deploy", {token, "--types", "uint7", "1"}, "the type \"uint7\" is unknown");
    refuses(kSaysUsage, "deploy", {token, "--types", "uint8", "300"}, "expected 0 to 255");
    refuses(kSaysUsage, "deploy", {token},
            "constructor(string name_, string symbol_, uint256 supply) takes 3 arguments");
    refuses(kSaysUsage, "deploy", {token, "A", "B", "many"}, "argument 3: \"many\" is not a value of the type uint256");
    refuses(kSaysUsage, "deploy", {vault, "--from", "t01"}, "the key in");
    refuses(kSaysUsage, "call", {kFriend, "mint", "--abi", token}, "no function mint; it has allowance(address");
    refuses(kSaysUsage, "call", {kFriend, "name", "--abi", (folder_ / "missing").string()}, "there is no such file");
    refuses(kSaysUsage, "invoke", {"0x12", "0x"}, "expected 0x with 40");
    refuses(kSaysUsage, "invoke", {kFriend, "xyz"}, "DATA xyz");
    refuses(kSaysUsage, "invoke", {kFriend, "f(uint8)"}, "0 arguments for 1 types");
    refuses(kSaysUsage, "call", {kFriend, "00", "1"}, "arguments follow hexadecimal data");
    refuses(kSaysNo, "deploy", {vault, "--value", "1000000000"}, "which is less than the value of 1,000,000,000 FIL");
    // A key whose account does not exist cannot send.
    std::ofstream(folder_ / "poor") << wallet::to_hex_lotus(chain::testing::test_key("nobody"));
    const auto poor = evm("deploy", {vault, "--key", (folder_ / "poor").string()}, false);
    EXPECT_EQ(poor.code, kSaysNo) << poor.all();
}

TEST_F(EvmVerb, needs_a_network_or_a_key_and_a_node) {
    const auto nobody = evm("deploy", {contract_artifact("Vault").string()}, false);
    EXPECT_EQ(nobody.code, kSaysUsage);
    EXPECT_THAT(nobody.err, HasSubstr("there is no network in"));
    EXPECT_THAT(nobody.err, HasSubstr("--key"));
    const auto silent = testing::strata_says({"evm", "call", "--api", "http://127.0.0.1:1", kFriend, "00"});
    EXPECT_EQ(silent.code, kSaysNo);
    EXPECT_THAT(silent.err, HasSubstr("no node answers at http://127.0.0.1:1/rpc/v1"));
    EXPECT_THAT(silent.err, HasSubstr("strata devnet up"));
    const auto page = testing::strata_says({"evm", "call", "--api", url() + "/other", kFriend, "00"});
    EXPECT_EQ(page.code, kSaysNo);
    EXPECT_THAT(page.err, HasSubstr("is not a Filecoin node"));
}

}  // namespace
}  // namespace strata::cli
