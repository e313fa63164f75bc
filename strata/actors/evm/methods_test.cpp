// The life of a contract: construction, invocation, storage, self-destruction and revival, native methods. Expected
// values: builtin-actors v18 actors/evm/tests/{basic,create,env,events,misc,revert,selfdestruct}.rs and
// actors/evm/src/interpreter/execution.rs (exit codes), EIP-1153, EIP-3541.
#include <strata/actors/evm/test_contract.hpp>

#include <strata/crypto/hash.hpp>
#include <strata/ipld/kamt.hpp>

namespace strata::actors::evm {
namespace {

using testing::Code;

class Contracts : public testing::ContractTest {
  protected:
    std::optional<U256> stored(const U256& key) {
        const auto slots = Kamt::load(world_.store, state<State>().contract_state).value();
        const auto word = slots.get(key.to_be()).value();
        return word ? std::optional(U256::from_be(*word)) : std::nullopt;
    }
};

TEST_F(Contracts, TheConstructorStoresTheCode) {
    const Code code = Code() << 7 << Op::pop;
    deploy(code);
    const auto made = state<State>();
    EXPECT_EQ(made.bytecode, Cid::hash_of(Codec::raw, code.bytes()));
    EXPECT_EQ(to_hex(made.bytecode_hash), to_hex(crypto::keccak_256(code.bytes())));
    EXPECT_EQ(made.contract_state, Kamt(world_.store).flush().value());
    EXPECT_EQ(made.nonce, 1U);
    EXPECT_FALSE(made.transient);
    EXPECT_FALSE(made.tombstone);
    EXPECT_TRUE(exits(ExitCode::illegal_state, construct({})));  // it exists
}

TEST_F(Contracts, NoInitcodeMakesAnEmptyContract) {
    EXPECT_TRUE(ok(construct({})));
    EXPECT_EQ(to_hex(state<State>().bytecode_hash), to_hex(kHashOfNoCode));
    EXPECT_EQ(returned<Bytes>(invoke(Bytes{1, 2, 3})), Bytes{});
}

TEST_F(Contracts, TheConstructorIsForInitAndNeedsAnEthereumAddress) {
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kUser, kMethodConstructor, eam::ContractParams{creator_, {}})));
    auto record = world_.tree.get(kContract).value().value();
    record.delegated_address.reset();
    world_.tree.set(kContract, record);
    EXPECT_TRUE(exits(ExitCode::forbidden, construct({})));
}

TEST_F(Contracts, CodeHasLimits) {
    const auto size_of_code = [&](std::size_t size) {
        reset();
        return construct((Code() << U256(size) << 0 << Op::ret).bytes()).exit_code;
    };
    EXPECT_EQ(size_of_code(24'576), ExitCode::ok);
    EXPECT_EQ(size_of_code(24'577), ExitCode::illegal_argument);
    reset();
    const Code reserved = Code() << (U256(0xef) << 248) << 0 << Op::mstore << 1 << 0 << Op::ret;
    EXPECT_TRUE(exits(ExitCode::illegal_argument, construct(reserved.bytes())));
}

TEST_F(Contracts, EndsWithTheCodesOfTheEvm) {
    EXPECT_EQ(exit_of(Code() << 0 << 0 << Op::revert), kReverted);
    EXPECT_EQ(exit_of(Code() << Op::invalid), kInvalidInstruction);
    for (const int undefined : {0x0c, 0x0f, 0x1f, 0x21, 0x2f, 0x49, 0x4f, 0xa5, 0xef, 0xf2, 0xf6, 0xfc})
        EXPECT_EQ(exit_of(Code() << Op::jumpdest << static_cast<Op>(undefined)), kUndefinedInstruction) << undefined;
    EXPECT_EQ(exit_of(Code() << 1 << Op::add), kStackUnderflow);
    EXPECT_EQ(exit_of(Code() << Op::stop), ExitCode::ok);
    Code full;
    for (int i = 0; i < 1024; ++i) full << Op::push0;
    EXPECT_EQ(exit_of(full), ExitCode::ok);
    for (const Op op : {Op::push0, Op::dup1, Op::pc, Op::address, Op::msize, Op::gas})
        EXPECT_EQ(exit_of(Code(full) << op), kStackOverflow);
    EXPECT_EQ(exit_of(Code() << (U256(1) << 32) << Op::mload), kIllegalMemoryAccess);
    EXPECT_EQ(exit_of(Code() << 1 << 0 << 0 << Op::returndatacopy), kIllegalMemoryAccess);
    EXPECT_EQ(exit_of(Code() << 3 << Op::jump), kBadJump);
    EXPECT_EQ(exit_of(Code() << U256::max() << Op::jump), kBadJump);
}

// Source: FIP-0114; builtin-actors v17.0.0 actors/evm/src/interpreter/execution.rs does not define 0x1e.
TEST_F(Contracts, ClzCameWithVersion18) {
    EXPECT_EQ(run(Code() << 1 << Op::clz), U256(255));
    policy_.evm_has_clz_and_p256 = false;
    EXPECT_EQ(exit_of(Code() << 1 << Op::clz), kUndefinedInstruction);
}

TEST_F(Contracts, AByteOfAPushIsNoJumpDestination) {
    // PUSH1 4, JUMP, PUSH1 0x5b: byte 4 is data.
    const Bytes code = {0x60, 0x04, 0x56, 0x60, 0x5b};
    EXPECT_EQ(exit_of(Code().raw(code)), kBadJump);
    const Bytes right = {0x60, 0x03, 0x56, 0x5b};
    EXPECT_EQ(exit_of(Code().raw(right)), ExitCode::ok);
}

TEST_F(Contracts, ARevertCarriesData) {
    deploy(Code() << 7 << 0 << Op::mstore << 32 << 0 << Op::revert);
    const auto result = invoke();
    EXPECT_TRUE(exits(kReverted, result));
    ASSERT_TRUE(result.data);
    EXPECT_EQ(from_cbor<Bytes>(*result.data->data).value(), to_bytes(U256(7).to_be()));
}

// A block has at most 1 MiB. What does not fit is an assertion of the official actor.
TEST_F(Contracts, OutputThatIsTooLargeIsAnAssertion) {
    constexpr int mib = 1 << 20;
    EXPECT_EQ(exit_of(Code() << mib - 8 << 0 << Op::ret), ExitCode::ok);  // 8 bytes at most are the head of the CBOR
    EXPECT_EQ(exit_of(Code() << mib << 0 << Op::ret), ExitCode::assertion_failed);
    EXPECT_EQ(exit_of(Code() << mib << 0 << Op::revert), ExitCode::assertion_failed);
}

// A PUSH that the code cuts short is filled with zeros on the right, and ends the code.
TEST_F(Contracts, TheCodeMayEndInsideAPush) {
    EXPECT_EQ(exit_of(Code().raw(Bytes{0x7f, 0x01})), ExitCode::ok);
}

TEST_F(Contracts, StorageKeepsWordsAndForgetsZeros) {
    // store(input word 0, input word 1)
    deploy(Code() << 32 << Op::calldataload << 0 << Op::calldataload << Op::sstore);
    const auto store = [&](const U256& key, const U256& value) {
        Bytes input = to_bytes(key.to_be());
        append(input, value.to_be());
        EXPECT_TRUE(ok(invoke(input)));
    };
    const Cid empty = state<State>().contract_state;
    store(1, 10);
    store(U256::max(), 20);
    EXPECT_EQ(stored(1), U256(10));
    EXPECT_EQ(stored(U256::max()), U256(20));
    store(1, 0);
    EXPECT_EQ(stored(1), std::nullopt);
    store(U256::max(), 0);
    EXPECT_EQ(state<State>().contract_state, empty);
}

TEST_F(Contracts, OnlyTheSystemReadsStorage) {
    deploy(Code() << 0x1234 << 5 << Op::sstore);
    EXPECT_TRUE(ok(invoke()));
    const GetStorageAtParams params{{5}};
    EXPECT_EQ(returned<CborWord>(call(kSystemId, kGetStorageAt, params)).value, U256(0x1234));
    EXPECT_EQ(returned<CborWord>(call(kSystemId, kGetStorageAt, GetStorageAtParams{{6}})).value, U256());
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kUser, kGetStorageAt, params)));
}

// Transient storage lasts for one message. It stays in the state until a later message changes something.
TEST_F(Contracts, TransientStorageEndsWithTheMessage) {
    // tstore(1, input) if there is input; returns tload(1)
    Code code;
    code << Op::calldatasize << Op::iszero;
    const std::size_t target = code.size() + 33 + 1 + 33 * 2 + 2;
    code << U256(target) << Op::jumpi << 0 << Op::calldataload << 1 << Op::tstore << Op::jumpdest;
    deploy((code << 1 << Op::tload).return_top());
    EXPECT_EQ(word(to_bytes(U256(9).to_be())), U256(9));
    ASSERT_TRUE(state<State>().transient);
    EXPECT_EQ(state<State>().transient->life, (Life{kUser, nonce_ - 1}));
    EXPECT_EQ(word(), U256());
    EXPECT_TRUE(state<State>().transient);
}

TEST_F(Contracts, AnswersWhatItIs) {
    const Code code = Code() << 1 << Op::pop;
    deploy(code);
    EXPECT_EQ(returned<std::optional<Cid>>(call(kUser, kGetBytecode)), Cid::hash_of(Codec::raw, code.bytes()));
    EXPECT_EQ(call(kUser, kGetBytecode).data->codec, Codec::dag_cbor);
    EXPECT_EQ(to_hex(returned<Bytes>(call(kUser, kGetBytecodeHash))), to_hex(crypto::keccak_256(code.bytes())));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, call(kUser, kGetBytecode, Bytes{})));
}

TEST_F(Contracts, SeesTheMessageAndTheChain) {
    at(1234);
    world_.config.network.timestamp = 5678;
    world_.config.network.base_fee = 90;
    world_.config.network.chain_id = 314;
    set_balance(kContract, 77);
    EXPECT_EQ(run(Code() << Op::address), U256::from_be(address_));
    EXPECT_EQ(run(Code() << Op::caller), U256::from_be(eam::masked_id(kUser)));
    EXPECT_EQ(run(Code() << Op::origin), U256::from_be(eam::masked_id(kUser)));
    EXPECT_EQ(run(Code() << Op::number), U256(1234));
    EXPECT_EQ(run(Code() << Op::timestamp), U256(5678));
    EXPECT_EQ(run(Code() << Op::basefee), U256(90));
    EXPECT_EQ(run(Code() << Op::gasprice), U256(90));
    EXPECT_EQ(run(Code() << Op::chainid), U256(314));
    EXPECT_EQ(run(Code() << Op::coinbase), U256());
    EXPECT_EQ(run(Code() << Op::gaslimit), U256(10'000'000'000));
    EXPECT_EQ(run(Code() << Op::selfbalance), U256(77));
    EXPECT_EQ(run(Code() << U256::from_be(address_) << Op::balance), U256(77));
    EXPECT_EQ(run(Code() << U256::from_be(eam::masked_id(kUser)) << Op::balance), U256());
    EXPECT_EQ(run(Code() << U256::from_be(eth(0x77)) << Op::balance), U256());
    EXPECT_EQ(run(Code() << Op::pc), U256());
    EXPECT_EQ(run(Code() << 1 << Op::calldataload), U256());
    EXPECT_EQ(run(Code() << 33 << Op::mload << Op::pop << Op::msize), U256(96));
    const Cid tipset = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});  // of the test's world, for every epoch
    EXPECT_EQ(run(Code() << 1233 << Op::blockhash), U256::from_be(tipset.digest()));
    EXPECT_EQ(run(Code() << (1234 - 256) << Op::blockhash), U256::from_be(tipset.digest()));
    EXPECT_EQ(run(Code() << (1234 - 257) << Op::blockhash), U256());
    EXPECT_EQ(run(Code() << 1234 << Op::blockhash), U256());
    EXPECT_EQ(run(Code() << U256::max() << Op::blockhash), U256());
    EXPECT_EQ(run(Code() << 0 << 0 << Op::keccak256), U256::from_be(kHashOfNoCode));
}

TEST_F(Contracts, SeesOtherActors) {
    const auto size_of = [&](const EthAddress& who) { return run(Code() << U256::from_be(who) << Op::extcodesize); };
    const auto hash_of = [&](const EthAddress& who) { return run(Code() << U256::from_be(who) << Op::extcodehash); };
    EthAddress sha256{};
    sha256.back() = 2;
    EXPECT_EQ(size_of(sha256), U256());
    EXPECT_EQ(hash_of(sha256), U256::from_be(kHashOfNoCode));
    EXPECT_EQ(size_of(eam::masked_id(kUser)), U256());
    EXPECT_EQ(hash_of(eam::masked_id(kUser)), U256::from_be(kHashOfNoCode));
    EXPECT_EQ(size_of(eam::masked_id(kRewardId)), U256(1));
    EXPECT_EQ(hash_of(eam::masked_id(kRewardId)), U256::from_be(kHashOfNativeCode));
    EXPECT_EQ(size_of(eth(0x55)), U256());
    EXPECT_EQ(hash_of(eth(0x55)), U256());
    EXPECT_EQ(size_of(address_), U256(33 + 1 + 33 + 1 + 33 * 2 + 1));  // this code itself
    answer_with(kOther, kGetBytecodeHash, Hash256{1});
    EXPECT_EQ(hash_of(other_), U256::from_be(Hash256{1}));
    answer_with(kOther, kGetBytecode, std::optional<Cid>{});  // a dead contract
    EXPECT_EQ(size_of(other_), U256());
}

TEST_F(Contracts, LogsTopicsAndData) {
    reset();
    deploy(Code() << 0xab << 0 << Op::mstore8 << 2 << 1 << 1 << 0 << static_cast<Op>(0xa2));
    EXPECT_TRUE(ok(invoke()));
    ASSERT_EQ(events().size(), 1U);
    const auto& entries = events()[0].entries;
    ASSERT_EQ(entries.size(), 3U);
    EXPECT_EQ(entries[0].key, "t1");
    EXPECT_EQ(entries[0].value, to_bytes(U256(1).to_be()));
    EXPECT_EQ(entries[1].key, "t2");
    EXPECT_EQ(entries[1].value, to_bytes(U256(2).to_be()));
    EXPECT_EQ(entries[2].key, "d");
    EXPECT_EQ(entries[2].value, Bytes{0xab});
    for (const auto& entry : entries) {
        EXPECT_EQ(entry.flags, 3U);
        EXPECT_EQ(entry.codec, Codec::raw);
    }
    // Without topics and data the event has no entries.
    reset();
    deploy(Code() << 0 << 0 << Op::log0);
    EXPECT_TRUE(ok(invoke()));
    ASSERT_EQ(events().size(), 1U);
    EXPECT_TRUE(events()[0].entries.empty());
}

class Destruction : public Contracts {
  protected:
    // With input it destroys itself, without it returns 1.
    static Code mortal() {
        Code code;
        code << Op::calldatasize << Op::iszero;
        const std::size_t target = code.size() + 33 + 1 + 33 + 1;
        code << U256(target) << Op::jumpi << U256::from_be(eam::masked_id(kUser)) << Op::selfdestruct << Op::jumpdest;
        return (code << 1).return_top();
    }
    vm::CallResult resurrect() {
        return call(kEamId, kResurrect, eam::ContractParams{creator_, testing::initcode_for(mortal())});
    }
};

TEST_F(Destruction, KillsAtTheEndOfTheMessage) {
    deploy(mortal());
    set_balance(kContract, 5);
    EXPECT_EQ(word(), U256(1));
    EXPECT_TRUE(exits(ExitCode::forbidden, resurrect()));  // it lives
    EXPECT_EQ(returned<Bytes>(invoke({1})), Bytes{});
    EXPECT_EQ(balance(), TokenAmount(0));
    EXPECT_EQ(balance_of(kUser), TokenAmount(5));
    EXPECT_EQ(state<State>().tombstone, (Life{kUser, nonce_ - 1}));
    nonce_ -= 1;  // still in the same message
    EXPECT_EQ(word(), U256(1));
    // In every later message it is empty.
    EXPECT_EQ(returned<Bytes>(invoke()), Bytes{});
    EXPECT_EQ(returned<std::optional<Cid>>(call(kUser, kGetBytecode)), std::nullopt);
    EXPECT_EQ(to_hex(returned<Bytes>(call(kUser, kGetBytecodeHash))), to_hex(kHashOfNoCode));
    EXPECT_TRUE(exits(ExitCode::forbidden, call(kUser, kResurrect, eam::ContractParams{creator_, {}})));
    EXPECT_TRUE(ok(resurrect()));
    EXPECT_EQ(state<State>().tombstone, std::nullopt);
    EXPECT_EQ(word(), U256(1));
}

TEST_F(Destruction, FailsWithoutAnHeir) {
    reset();
    deploy(Code() << U256::from_be(eam::masked_id(99'999)) << Op::selfdestruct);
    EXPECT_TRUE(exits(kSelfdestructFailed, invoke()));
}

// Answers a native method with (exit code, codec, data): the output is the input of the call behind its selector.
class NativeMethods : public Contracts {
  protected:
    static constexpr MethodNumber kMethod = 1024;
    vm::CallResult answer_with_words(std::initializer_list<U256> words) {
        Code code;
        int at = 0;
        for (const auto& word : words) {
            code << word << at << Op::mstore;
            at += 32;
        }
        reset();
        deploy(code << at << 0 << Op::ret);
        return raw_call(kUser, kMethod, Bytes{0x01}, 0);
    }
};

TEST_F(NativeMethods, GetTheMessageInSoliditysAbi) {
    deploy(Code() << Op::calldatasize << 0 << 0 << Op::calldatacopy << Op::calldatasize << 0 << Op::revert);
    const auto result = raw_call(kUser, kMethod, Bytes{0x41, 0x07}, 0);
    EXPECT_TRUE(exits(kReverted, result));
    const Bytes input = from_cbor<Bytes>(*result.data->data).value();
    std::string expected = "868e10c4";
    for (const std::uint64_t word : {1024U, 0x51U, 96U, 2U}) expected += to_hex(U256(word).to_be());
    expected += "4107" + std::string(60, '0');
    EXPECT_EQ(to_hex(input), expected);
}

TEST_F(NativeMethods, AnswerWithCodeCodecAndData) {
    auto result = answer_with_words({0, 0x51, 96, 2, U256(0x4107) << 240});
    EXPECT_TRUE(ok(result));
    EXPECT_EQ(to_hex(*result.data->data), "4107");
    result = answer_with_words({40, 0x51, 96, 2, U256(0x4107) << 240});
    EXPECT_EQ(result.exit_code, ExitCode{40});
    EXPECT_EQ(to_hex(*result.data->data), "4107");
    EXPECT_FALSE(answer_with_words({}).data);
    EXPECT_FALSE(answer_with_words({0, 0, 96, 0}).data);
    EXPECT_TRUE(exits(ExitCode::serialization, answer_with_words({0, 0, 96, 1})));
    EXPECT_TRUE(exits(ExitCode::serialization, answer_with_words({0, 0x71, 96, 1})));
    EXPECT_TRUE(exits(ExitCode::serialization, answer_with_words({U256(1) << 32, 0x51, 96, 1})));
    EXPECT_TRUE(exits(ExitCode::sys_illegal_exit_code, answer_with_words({7, 0, 96, 0})));
}

TEST_F(NativeMethods, LowNumbersAreReserved) {
    deploy(Code() << Op::stop);
    for (const MethodNumber method : {7U, 1023U})
        EXPECT_TRUE(exits(ExitCode::unhandled_message, raw_call(kUser, method, {}, 0)));
    EXPECT_TRUE(ok(raw_call(kUser, 1024, {}, 0)));
    EXPECT_TRUE(exits(ExitCode::illegal_argument, raw_call(kUser, kInvokeContractDelegate, Bytes{0x80}, 0)));
    EXPECT_TRUE(exits(ExitCode::serialization, raw_call(kUser, kMethodInvokeEvm, Bytes{0x80}, 0)));
    EXPECT_EQ(returned<Bytes>(raw_call(kUser, kMethodInvokeEvm, {}, 0)), Bytes{});
}

}  // namespace
}  // namespace strata::actors::evm
