// The Solidity contracts of tests/contracts on the native actors and, where STRATA_BUNDLES names the bundles of the
// official ones, on the WASM EVM too: returned values, events, exit codes and state roots must be the same. What is
// expected follows from the sources and from Solidity's semantics, ERC-20, ERC-721, EIP-1014 (CREATE2), EIP-1967 and
// the sources named beside the values.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include <cstdlib>

#include <strata/actors/eam/types.hpp>
#include <strata/base/hex.hpp>
#include <strata/contracts/abi.hpp>
#include <strata/contracts/artifact.hpp>
#include <strata/contracts/outcome.hpp>
#include <strata/contracts/transaction.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/differential/official.hpp>
#include <strata/differential/test_campaign.hpp>
#include <strata/testing/contracts.hpp>
#include <strata/testing/temp_folder.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::differential {
namespace {

using ::testing::ElementsAre;
using Values = std::vector<std::string>;
using Eth = ByteArray<20>;

constexpr std::uint32_t kReverted = 33;  // builtin-actors actors/evm/src/lib.rs
constexpr const char* kAlice = "client 0";
constexpr const char* kBob = "client 1";

std::string word(std::string_view digits) {
    return std::string(64 - digits.size(), '0') + std::string(digits);
}
std::string topic(std::string_view signature) {
    return to_hex(crypto::keccak_256(as_bytes(signature)));
}
/// An address as a topic.
std::string padded(const std::string& address) {
    return word(to_hex(contracts::parse_ethereum_address(address).value()));
}

class Solidity : public testing::CampaignTest {
  protected:
    static void SetUpTestSuite() {
        CampaignTest::SetUpTestSuite();
        const char* folder = std::getenv("STRATA_BUNDLES");
        if (folder == nullptr || official_) return;
        cache_ = std::make_unique<strata::testing::TempFolder>();
        auto made = official_devnet_actors(std::filesystem::path(folder) / "v18/builtin-actors-devnet.car",
                                           *cache_ / "compiled");
        ASSERT_TRUE(made) << made.error().message();
        official_ = std::move(*made);
    }
    static void TearDownTestSuite() {
        official_.reset();
        cache_.reset();
    }

    const Outcome& run(const char* who, const Message& message) {
        Step step;
        step.epoch = ++epoch_;
        step.from = start().person(who).address;
        step.to = message.to;
        step.method = message.method;
        step.value = message.value;
        step.params = message.params;
        const auto difference = pair_.apply(step);
        EXPECT_TRUE(difference) << difference.error().message();
        if (difference && *difference) ADD_FAILURE() << (*difference)->text;
        return pair_.last();
    }
    std::string deploy(const char* contract, const char* types = "", const Values& values = {},
                       const TokenAmount& value = 0) {
        const auto file = strata::testing::read_file(strata::testing::contract_artifact(contract));
        Bytes code = contracts::read_artifact(as_bytes(file), {}).value().initcode;
        append(code, contracts::encode_values(contracts::parse_types(types).value(), values).value());
        const auto& out = run(kAlice, contracts::create_message(start().person(kAlice).address, code, value));
        const auto made = from_cbor<actors::eam::CreateReturn>(out.return_data);
        EXPECT_EQ(out.exit_code, 0U) << contract << ": " << out.failure;
        return made ? contracts::checksummed(made->eth_address) : std::string();
    }
    const Outcome& send(const std::string& contract, const char* function, const Values& values = {},
                        const char* who = kAlice, const TokenAmount& value = 0) {
        const auto address = actors::eam::to_address(contracts::parse_ethereum_address(contract).value());
        Bytes input;
        if (*function != '\0')
            input = contracts::encode_call(contracts::parse_function(function).value(), values).value();
        return run(who, contracts::invoke_message(start().person(who).address, address, input, value));
    }
    /// Calls a function that must succeed, and decodes what it returns.
    Values call(const std::string& contract, const char* function, const Values& values, const char* returns,
                const char* who = kAlice, const TokenAmount& value = 0) {
        const auto& out = send(contract, function, values, who, value);
        EXPECT_EQ(out.exit_code, 0U) << function << ": " << out.failure << " "
                                     << contracts::revert_reason(contracts::returned_data(out.return_data));
        auto decoded = contracts::decode_values(contracts::parse_types(returns).value(),
                                                contracts::returned_data(out.return_data));
        EXPECT_TRUE(decoded) << function << ": " << decoded.error().message();
        return decoded ? *decoded : Values(8);
    }
    std::string one(const std::string& contract, const char* function, const Values& values, const char* returns,
                    const char* who = kAlice) {
        return call(contract, function, values, returns, who).at(0);
    }
    /// Calls a function that must revert, and returns the reason.
    std::string reason(const std::string& contract, const char* function, const Values& values = {},
                       const char* who = kAlice, const TokenAmount& value = 0) {
        const auto& out = send(contract, function, values, who, value);
        EXPECT_EQ(out.exit_code, kReverted) << function;
        EXPECT_TRUE(out.events.empty());
        return contracts::revert_reason(contracts::returned_data(out.return_data));
    }
    /// The events of the latest message: topics and data in hexadecimal.
    std::vector<Values> events() const {
        std::vector<Values> out;
        for (const auto& event : pair_.last().events) {
            out.emplace_back();
            for (const auto& entry : event.entries) out.back().push_back(to_hex(entry.value));
        }
        return out;
    }
    ActorId id_of(const Address& address) {
        return vm::StateTree::load(pair_.store(), pair_.root()).value().resolve(address).value().value();
    }
    /// The address under which contracts see a person.
    std::string eth(const char* who) {
        return contracts::checksummed(actors::eam::masked_id(id_of(start().person(who).address)));
    }

    ChainEpoch epoch_ = 1;
    Pair pair_{start(), natives(), "native", official_ ? *official_ : natives(), official_ ? "official" : "same"};

  private:
    static inline std::unique_ptr<strata::testing::TempFolder> cache_;
    static inline std::unique_ptr<vm::ActorTable> official_;
};

TEST_F(Solidity, a_vault_takes_and_gives_fil) {
    const auto vault = deploy("Vault", "", {}, fil(3));
    EXPECT_EQ(one(vault, "balance()", {}, "uint256"), fil(3).to_string());
    EXPECT_EQ(send(vault, "", {}, kBob, fil(2)).exit_code, 0U);
    EXPECT_THAT(events(), ElementsAre(Values{topic("Received(address,uint256)"), padded(eth(kBob)),
                                             word(to_hex(fil(2).magnitude_be()))}));
    EXPECT_EQ(one(vault, "owner()", {}, "address"), eth(kAlice));
    const auto before = BigInt::parse(one(vault, "balanceOf(address)", {eth(kBob)}, "uint256")).value();
    call(vault, "pay(address,uint256)", {eth(kBob), fil(4).to_string()}, "");
    EXPECT_EQ(one(vault, "balanceOf(address)", {eth(kBob)}, "uint256"), (before + fil(4)).to_string());
    EXPECT_EQ(one(vault, "balance()", {}, "uint256"), fil(1).to_string());
    EXPECT_EQ(reason(vault, "pay(address,uint256)", {eth(kBob), "1"}, kBob), "\"only the owner pays\"");
    EXPECT_EQ(reason(vault, "balance()", {}, kAlice, 1), "no reason given");  // not payable
}

TEST_F(Solidity, a_vault_cannot_pay_who_does_not_take_fil) {
    const auto vault = deploy("Vault", "", {}, fil(3));
    const auto closed = deploy("Closed");
    EXPECT_EQ(reason(vault, "pay(address,uint256)", {closed, "1"}), "no reason given");
    EXPECT_EQ(one(vault, "send(address,uint256)", {closed, "1"}, "bool"), "false");
    EXPECT_EQ(one(vault, "balanceOf(address)", {closed}, "uint256"), "0");
    // More than there is.
    EXPECT_EQ(one(vault, "send(address,uint256)", {eth(kBob), fil(4).to_string()}, "bool"), "false");
    // An address that nobody has becomes a placeholder.
    const std::string unknown = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
    EXPECT_EQ(one(vault, "send(address,uint256)", {unknown, "5"}, "bool"), "true");
    EXPECT_EQ(one(vault, "balanceOf(address)", {unknown}, "uint256"), "5");
}

TEST_F(Solidity, an_erc20_token_moves) {
    const std::string transfer = topic("Transfer(address,address,uint256)");
    EXPECT_EQ(transfer, "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");  // EIP-20
    const auto token = deploy("Token", "string,string,uint256", {"Strata test token", "STT", "1000"});
    EXPECT_THAT(events(), ElementsAre(Values{transfer, word(""), padded(eth(kAlice)), word("3e8")}));
    EXPECT_EQ(one(token, "name()", {}, "string"), "Strata test token");
    EXPECT_EQ(one(token, "symbol()", {}, "string"), "STT");
    EXPECT_EQ(one(token, "decimals()", {}, "uint8"), "18");
    EXPECT_EQ(one(token, "totalSupply()", {}, "uint256"), "1000");
    EXPECT_EQ(one(token, "transfer(address,uint256)", {eth(kBob), "250"}, "bool"), "true");
    EXPECT_THAT(events(), ElementsAre(Values{transfer, padded(eth(kAlice)), padded(eth(kBob)), word("fa")}));
    EXPECT_EQ(one(token, "balanceOf(address)", {eth(kAlice)}, "uint256"), "750");
    EXPECT_EQ(one(token, "balanceOf(address)", {eth(kBob)}, "uint256"), "250");
}

TEST_F(Solidity, an_erc20_allowance_is_used_up) {
    const auto token = deploy("Token", "string,string,uint256", {"T", "T", "1000"});
    EXPECT_EQ(reason(token, "transferFrom(address,address,uint256)", {eth(kAlice), eth(kBob), "1"}, kBob),
              "\"the allowance is too small\"");
    EXPECT_EQ(one(token, "approve(address,uint256)", {eth(kBob), "100"}, "bool"), "true");
    EXPECT_THAT(events(), ElementsAre(Values{topic("Approval(address,address,uint256)"), padded(eth(kAlice)),
                                             padded(eth(kBob)), word("64")}));
    EXPECT_EQ(one(token, "transferFrom(address,address,uint256)", {eth(kAlice), eth(kBob), "60"}, "bool", kBob),
              "true");
    EXPECT_EQ(one(token, "allowance(address,address)", {eth(kAlice), eth(kBob)}, "uint256"), "40");
    EXPECT_EQ(one(token, "balanceOf(address)", {eth(kBob)}, "uint256"), "60");
    // An error of the contract's own: its selector, the owner, what it has, what it needs.
    const auto error = contracts::parse_function("TooLittle(address,uint256,uint256)").value();
    EXPECT_EQ(
        reason(token, "transfer(address,uint256)", {eth(kAlice), "61"}, kBob),
        "an error of the contract's own, 0x" + to_hex(contracts::encode_call(error, {eth(kBob), "60", "61"}).value()));
}

TEST_F(Solidity, an_erc721_deed_changes_hands) {
    const auto deed = deploy("Deed");
    const auto shelf = deploy("Shelf");
    EXPECT_EQ(one(deed, "supportsInterface(bytes4)", {"0x80ac58cd"}, "bool"), "true");  // EIP-721
    EXPECT_EQ(one(deed, "supportsInterface(bytes4)", {"0xffffffff"}, "bool"), "false");
    for (const char* id : {"7", "8"}) call(deed, "mint(address,uint256)", {eth(kAlice), id}, "");
    EXPECT_THAT(events(), ElementsAre(Values{topic("Transfer(address,address,uint256)"), word(""), padded(eth(kAlice)),
                                             word("8")}));
    EXPECT_EQ(reason(deed, "mint(address,uint256)", {eth(kBob), "7"}), "\"this exists already\"");
    EXPECT_EQ(reason(deed, "ownerOf(uint256)", {"9"}), "\"nobody owns this\"");
    EXPECT_EQ(reason(deed, "transferFrom(address,address,uint256)", {eth(kAlice), eth(kBob), "7"}, kBob),
              "\"neither owner nor approved\"");
    call(deed, "approve(address,uint256)", {eth(kBob), "7"}, "");
    call(deed, "transferFrom(address,address,uint256)", {eth(kAlice), eth(kBob), "7"}, "", kBob);
    EXPECT_EQ(one(deed, "ownerOf(uint256)", {"7"}, "address"), eth(kBob));
    EXPECT_EQ(one(deed, "getApproved(uint256)", {"7"}, "address"), "0x" + std::string(40, '0'));
    const char* safe = "safeTransferFrom(address,address,uint256,bytes)";
    EXPECT_EQ(reason(deed, safe, {eth(kBob), shelf, "7", "0x"}, kBob), "\"the receiver does not want this\"");
    call(deed, safe, {eth(kAlice), shelf, "8", "0x0102"}, "");
    EXPECT_EQ(one(shelf, "last()", {}, "bytes"), "0x0102");
    EXPECT_EQ(one(deed, "balanceOf(address)", {shelf}, "uint256"), "1");
    EXPECT_EQ(one(deed, "balanceOf(address)", {eth(kAlice)}, "uint256"), "0");
}

TEST_F(Solidity, a_proxy_runs_foreign_code_on_its_own_storage) {
    const auto counter = deploy("Counter");
    const auto proxy = deploy("Proxy", "address", {counter});
    EXPECT_THAT(events(), ElementsAre(Values{topic("Upgraded(address)"), padded(counter)}));
    EXPECT_EQ(one(proxy, "add(uint256)", {"5"}, "uint256", kBob), "5");
    EXPECT_THAT(events(), ElementsAre(Values{topic("Counted(address,uint256)"), padded(eth(kBob)), word("5")}));
    EXPECT_EQ(one(counter, "count()", {}, "uint256"), "0");
    EXPECT_THAT(call(proxy, "here()", {}, "address,address", kBob), ElementsAre(proxy, eth(kBob)));
    EXPECT_EQ(reason(proxy, "fail(string)", {"through the proxy"}), "\"through the proxy\"");
    const auto fast = deploy("FastCounter");
    call(proxy, "upgradeTo(address)", {fast}, "");
    EXPECT_EQ(one(proxy, "addTwice(uint256)", {"10"}, "uint256"), "25");
    EXPECT_EQ(reason(proxy, "upgradeTo(address)", {eth(kBob)}), "\"no contract is there\"");
    // FIL for a function of the implementation, and FIL alone, stay with the proxy.
    call(proxy, "add(uint256)", {"1"}, "uint256", kAlice, fil(1));
    EXPECT_EQ(send(proxy, "", {}, kAlice, fil(1)).exit_code, 0U);
    const auto vault = deploy("Vault");
    EXPECT_EQ(one(vault, "balanceOf(address)", {proxy}, "uint256"), fil(2).to_string());
}

TEST_F(Solidity, a_factory_makes_contracts_where_it_says) {
    const auto factory = deploy("Factory");
    const std::string salt = "0x" + word("5a17");
    const auto planned = one(factory, "addressOf(bytes32,uint256)", {salt, "7"}, "address");
    const auto made = call(factory, "makeAt(bytes32,uint256)", {salt, "7"}, "address", kAlice, fil(1)).at(0);
    EXPECT_EQ(made, planned);
    EXPECT_THAT(events(), ElementsAre(Values{topic("Made(address,uint256)"), padded(made), word("7")}));
    EXPECT_EQ(one(made, "number()", {}, "uint256"), "7");
    EXPECT_EQ(one(made, "parent()", {}, "address"), factory);
    EXPECT_EQ(reason(factory, "makeAt(bytes32,uint256)", {salt, "7"}), "no reason given");  // it is taken
    // The address of CREATE is the hash of the RLP of creator and nonce: 1 for the contract above, 2 for a failed try.
    EXPECT_EQ(one(factory, "tryToMake(uint256)", {"13"}, "string"), "13 brings bad luck");
    Bytes rlp{0xd6, 0x94};
    append(rlp, contracts::parse_ethereum_address(factory).value());
    std::vector<std::string> candidates;
    for (std::uint8_t nonce = 1; nonce < 6; ++nonce) {
        Bytes one_rlp = rlp;
        one_rlp.push_back(nonce);
        const auto hash = crypto::keccak_256(one_rlp);
        Eth address{};
        std::copy_n(hash.begin() + 12, 20, address.begin());
        candidates.push_back(contracts::checksummed(address));
    }
    EXPECT_THAT(candidates, ::testing::Contains(one(factory, "make(uint256)", {"8"}, "address")));
    EXPECT_EQ(reason(factory, "make(uint256)", {"13"}), "\"13 brings bad luck\"");
}

// Expected values: FIPS 180-4 and RIPEMD-160's test vectors ("abc"); go-ethereum core/vm/testdata/precompiles
// (ecRecover "ValidKey", bn256Add); EIP-198's first example, whose modulus is 2^256 - 2^32 - 977.
TEST_F(Solidity, precompiled_contracts_of_ethereum) {
    const auto calls = deploy("Precompiles");
    EXPECT_EQ(one(calls, "sha256Of(bytes)", {"0x616263"}, "bytes32"),
              "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(one(calls, "ripemd160Of(bytes)", {"0x616263"}, "bytes20"), "0x8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    EXPECT_EQ(one(calls, "copyOf(bytes)", {"0x616263"}, "bytes"), "0x616263");
    const char* p = "115792089237316195423570985008687907853269984665640564039457584007908834671663";
    const char* p_less_1 = "115792089237316195423570985008687907853269984665640564039457584007908834671662";
    EXPECT_EQ(one(calls, "power(uint256,uint256,uint256)", {"3", p_less_1, p}, "uint256"), "1");
    EXPECT_EQ(one(calls, "power(uint256,uint256,uint256)", {"3", "5", "7"}, "uint256"), "5");
    EXPECT_EQ(one(calls, "signerOf(bytes32,uint8,bytes32,bytes32)",
                  {"0x18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c", "28",
                   "0x73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f",
                   "0xeeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549"},
                  "address"),
              "0xa94f5374Fce5edBC8E2a8697C15331677e6EbF0B");
    EXPECT_THAT(call(calls, "sumOfPoints(uint256,uint256,uint256,uint256)", {"1", "2", "1", "2"}, "bytes32,bytes32"),
                ElementsAre("0x030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3",
                            "0x15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4"));
    EXPECT_EQ(reason(calls, "sumOfPoints(uint256,uint256,uint256,uint256)", {"1", "1", "1", "2"}),
              "\"the precompiled contract failed\"");
}

// FIP-0055: the precompiled contracts of Filecoin. FRC-0046: the datacap token's name.
TEST_F(Solidity, precompiled_contracts_of_filecoin) {
    const auto calls = deploy("Precompiles");
    const auto& alice = start().person(kAlice).address;
    Bytes id(32);
    store_be(id.data() + 24, id_of(alice));
    EXPECT_EQ(one(calls, "idOf(bytes)", {"0x" + to_hex(alice.bytes())}, "bytes"), "0x" + to_hex(id));
    const auto self = Address::delegated(kEamId, contracts::parse_ethereum_address(calls).value());
    EXPECT_EQ(one(calls, "delegatedAddressOf(uint256)", {std::to_string(id_of(self))}, "bytes"),
              "0x" + to_hex(self.bytes()));
    EXPECT_EQ(one(calls, "delegatedAddressOf(uint256)", {std::to_string(id_of(alice))}, "bytes"), "0x");
    constexpr const char* kName = "48890204";  // FRC-0042's number of "Name"
    EXPECT_THAT(call(calls, "callActor(uint64,uint64)", {"7", kName}, "int256,uint64,bytes"),
                ElementsAre("0", "81", "0x6744617461436170"));  // "DataCap" in CBOR
    const auto failed = call(calls, "callActor(uint64,uint64)", {"7", "99999999"}, "int256,uint64,bytes");
    EXPECT_EQ(failed.at(0), "22");  // USR_UNHANDLED_MESSAGE
}

TEST_F(Solidity, events_of_every_kind) {
    const auto reporter = deploy("Reporter");
    call(reporter, "anonymousEvents()", {}, "");
    EXPECT_THAT(events(),
                ElementsAre(Values{word("7")}, Values{word("1")}, Values{word("1"), word("2"), word("3"), word("4")}));
    call(reporter, "namedEvents(string,int8)", {"text", "-1"}, "");
    const auto data = contracts::encode_values(contracts::parse_types("string,bytes").value(), {"text", "0x74657874"});
    // An indexed string is the hash of its bytes.
    EXPECT_THAT(events(), ElementsAre(Values{topic("Plain(string,bytes)"), to_hex(*data)},
                                      Values{topic("Indexed(uint256,address,string,int8)"), word("2a"),
                                             padded(eth(kAlice)), topic("text"), std::string(64, 'f')}));
    const auto& last = pair_.last().events.back();
    std::string keys;
    for (const auto& entry : last.entries) keys += entry.key + " ";
    EXPECT_EQ(keys, "t1 t2 t3 t4 d ");  // docs/protocol/fvm.md §8.14
}

TEST_F(Solidity, failures_of_every_kind_change_nothing) {
    const auto reporter = deploy("Reporter");
    EXPECT_EQ(reason(reporter, "eventThenRevert()"), "no reason given");
    EXPECT_EQ(one(reporter, "written()", {}, "uint256"), "0");
    EXPECT_EQ(reason(reporter, "check(uint256,uint256)", {"1", "2"}), "\"a must be greater than b\"");
    EXPECT_EQ(one(reporter, "check(uint256,uint256)", {"5", "2"}, "uint256"), "3");
    EXPECT_EQ(reason(reporter, "divide(uint256,uint256)", {"1", "0"}), "panic 0x12: a division or modulo by zero");
    EXPECT_EQ(reason(reporter, "subtract(uint256,uint256)", {"1", "2"}),
              "panic 0x11: an arithmetic operation overflows");
    EXPECT_EQ(reason(reporter, "item(uint256)", {"0"}), "panic 0x32: an index outside of the array");
    EXPECT_EQ(reason(reporter, "claim(bool)", {"false"}), "panic 0x01: an assertion is false");
    EXPECT_EQ(reason(reporter, "nothing()"), "no reason given");
    const auto refused = contracts::parse_function("Refused(uint256,string)").value();
    const auto data = "0x" + to_hex(contracts::encode_call(refused, {"9", "why"}).value());
    EXPECT_EQ(reason(reporter, "refuse(uint256,string)", {"9", "why"}), "an error of the contract's own, " + data);
}

TEST_F(Solidity, a_contract_survives_the_failure_of_a_call) {
    const auto reporter = deploy("Reporter");
    const auto refused = contracts::parse_function("Refused(uint256,string)").value();
    EXPECT_EQ(one(reporter, "survive(uint256)", {"9"}, "bytes"),
              "0x" + to_hex(contracts::encode_call(refused, {"9", "inside"}).value()));
    EXPECT_EQ(one(reporter, "written()", {}, "uint256"), "9");
}

}  // namespace
}  // namespace strata::differential
