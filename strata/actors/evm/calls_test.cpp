// Calls and creations. Expected values: builtin-actors v18 actors/evm/tests/{call,delegate_call,create}.rs and
// actors/evm/src/interpreter/instructions/{call,lifecycle}.rs.
#include <strata/actors/evm/calls.hpp>
#include <strata/actors/evm/test_contract.hpp>

namespace strata::actors::evm {
namespace {

using testing::Code;

class Calls : public testing::ContractTest {
  protected:
    // Calls with two bytes of input (1, 2) and returns the result word, then what was returned.
    static Code caller(Op op, const EthAddress& to, const U256& value = 0, const U256& gas = 100'000'000) {
        Code code;
        code << 1 << 0 << Op::mstore8 << 2 << 1 << Op::mstore8;
        code << 0 << 0 << 2 << 0;
        if (op == Op::call) code << value;
        code << U256::from_be(to) << gas << op << 0 << Op::mstore;
        code << Op::returndatasize << 0 << 32 << Op::returndatacopy;
        return code << 32 << Op::returndatasize << Op::add << 0 << Op::ret;
    }
    // The result word and the returned data, in hexadecimal: "1:" or "0:" and the data.
    std::string result(const Code& code) {
        reset();
        deploy(code);
        const Bytes out = returned<Bytes>(invoke());
        if (out.size() < 32) return "too short";
        return std::to_string(out[31]) + ":" + to_hex(BytesView(out).subspan(32));
    }
};

TEST_F(Calls, SendTheInputAsARawBlock) {
    answer_with(kOther, kMethodInvokeEvm, Bytes{7, 8});
    EXPECT_EQ(result(caller(Op::call, other_)), "1:0708");
    auto sent = sent_to(kOther, kMethodInvokeEvm);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].params, (Bytes{1, 2}));
    EXPECT_FALSE(sent[0].read_only);
    EXPECT_EQ(result(caller(Op::staticcall, other_)), "1:0708");
    sent = sent_to(kOther, kMethodInvokeEvm);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_TRUE(sent[0].read_only);
}

TEST_F(Calls, AFailureIsAZeroWithData) {
    answer(kOther, kMethodInvokeEvm, kReverted, to_cbor(Bytes{7, 8}));
    EXPECT_EQ(result(caller(Op::call, other_)), "0:0708");
    answer(kOther, kMethodInvokeEvm, ExitCode::illegal_argument, Bytes{0x83});  // not a byte string
    EXPECT_EQ(result(caller(Op::call, other_)), "0:83");
    answer(kOther, kMethodInvokeEvm, ExitCode::ok);
    EXPECT_EQ(result(caller(Op::call, other_)), "1:");
}

TEST_F(Calls, CallsOfNobodySucceed) {
    EXPECT_EQ(result(caller(Op::call, eam::masked_id(99'999))), "1:");
    EXPECT_EQ(result(caller(Op::delegatecall, eam::masked_id(99'999))), "1:");
    // A read-only call cannot make a placeholder for the address.
    EXPECT_EQ(result(caller(Op::staticcall, eth(0x44))), "1:");
}

TEST_F(Calls, ValueIsSentIfItIsThere) {
    EXPECT_EQ(result(caller(Op::call, other_, 5)), "0:");
    set_balance(kContract, 5);
    EXPECT_EQ(result(caller(Op::call, other_, 5)), "1:");
    EXPECT_EQ(balance_of(kOther), TokenAmount(5));
    EXPECT_EQ(result(caller(Op::call, other_, U256::max())), "0:");  // more than 128 bits
}

TEST_F(Calls, PrecompiledContractsKeepValue) {
    set_balance(kContract, 5);
    EthAddress identity{};
    identity.back() = 4;
    EXPECT_EQ(result(caller(Op::call, identity, 5)), "1:0102");
    EXPECT_EQ(balance(), TokenAmount(0));
    EXPECT_EQ(result(caller(Op::call, identity, 5)), "0:");
}

// Without input it calls itself with one byte, by the given instruction; with input it runs `inner`.
Code with_inner_call(Op op, const Code& inner, const U256& gas = 100'000'000) {
    Code call;
    call << 32 << 0 << 1 << 0;
    if (op == Op::call) call << 0;
    call << Op::address << gas << op;
    call << 32 << Op::mstore << 64 << 0 << Op::ret;  // the output of the inner call, then its success
    Code whole;
    whole << Op::calldatasize << U256(1 + 33 + 1 + call.size()) << Op::jumpi;
    whole.raw(call.bytes()) << Op::jumpdest;
    return whole.raw(inner.bytes());
}

TEST_F(Calls, ADelegateCallKeepsTheCallerAndTheValue) {
    const Code inner = Code() << Op::callvalue << Op::caller << Op::add << 0 << Op::mstore << 32 << 0 << Op::ret;
    reset();
    deploy(with_inner_call(Op::delegatecall, inner));
    world_.add(kUser, ActorType::account, 5);
    const auto out = returned<Bytes>(invoke({}, 5));
    EXPECT_EQ(U256::from_be(BytesView(out).first(32)), U256::from_be(eam::masked_id(kUser)) + U256(5));
    reset();
    deploy(with_inner_call(Op::call, inner));
    EXPECT_EQ(U256::from_be(BytesView(returned<Bytes>(invoke())).first(32)), U256::from_be(address_));
}

// The inner call changes the storage, so the outer one must read its state again.
TEST_F(Calls, StorageIsSharedWithInnerCalls) {
    const Code inner = Code() << 7 << 1 << Op::sstore;
    for (const Op op : {Op::call, Op::delegatecall}) {
        Code whole;
        Code call;
        call << 0 << 0 << 1 << 0;
        if (op == Op::call) call << 0;
        call << Op::address << 1'000'000'000 << op << Op::pop << 1 << Op::sload;
        call.return_top();
        whole << Op::calldatasize << U256(1 + 33 + 1 + call.size()) << Op::jumpi;
        whole.raw(call.bytes()) << Op::jumpdest;
        whole.raw(inner.bytes());
        reset();
        deploy(whole);
        EXPECT_EQ(word(), U256(7));
    }
}

TEST_F(Calls, ADelegateCallOfANativeActorFails) {
    EXPECT_EQ(result(caller(Op::delegatecall, eam::masked_id(kRewardId))), "0:");
    EXPECT_EQ(result(caller(Op::delegatecall, eam::masked_id(kUser))), "1:");
    answer_with(kOther, kGetBytecode, std::optional<Cid>{});
    EXPECT_EQ(result(caller(Op::delegatecall, other_)), "1:");  // a dead contract
}

TEST_F(Calls, AnInnerCallThatRunsOutOfGasFails) {
    Code loop;
    // The inner code begins behind a JUMPDEST, to which it jumps back.
    const std::size_t target = with_inner_call(Op::call, {}, 10'000'000).size() - 1;
    loop << U256(target) << Op::jump;
    reset();
    deploy(with_inner_call(Op::call, loop, 10'000'000));
    const auto out = returned<Bytes>(invoke());
    EXPECT_EQ(U256::from_be(BytesView(out).subspan(32)), U256());
}

TEST_F(Calls, ChangesInReadOnlyCallsEndTheCallee) {
    // A read-only call of itself; with input it does what is forbidden.
    const auto attempt = [&](const Code& forbidden) {
        reset();
        deploy(with_inner_call(Op::staticcall, Code(forbidden) << Op::stop));
        const auto out = returned<Bytes>(invoke());
        return U256::from_be(BytesView(out).subspan(32));
    };
    EXPECT_EQ(attempt(Code() << Op::stop), U256(1));
    EXPECT_EQ(attempt(Code() << 1 << 1 << Op::sstore), U256());
    EXPECT_EQ(attempt(Code() << 1 << 1 << Op::tstore), U256());
    EXPECT_EQ(attempt(Code() << 0 << 0 << Op::log0), U256());
    EXPECT_EQ(attempt(Code() << 0 << 0 << 0 << Op::create), U256());
    EXPECT_EQ(attempt(Code() << 0 << 0 << 0 << 0 << Op::create2), U256());
    EXPECT_EQ(attempt(Code() << 0 << Op::selfdestruct), U256());
    EXPECT_EQ(attempt(Code() << 0 << 0 << 0 << 0 << 1 << Op::address << 0 << Op::call), U256());
}

class Creations : public Calls {
  protected:
    static Code creator(Op op, const U256& value = 0) {
        Code code;
        code << 0xfe << 0 << Op::mstore8;
        if (op == Op::create2) code << 77;
        code << 1 << 0 << value << op << 0 << Op::mstore;
        code << Op::returndatasize << 0 << 32 << Op::returndatacopy;
        return code << 32 << Op::returndatasize << Op::add << 0 << Op::ret;
    }
};

TEST_F(Creations, AskTheAddressManager) {
    answer_with(kEamId, eam::kCreate, eam::CreateReturn{600, std::nullopt, eth(0x66)});
    answer_with(kEamId, eam::kCreate2, eam::CreateReturn{601, std::nullopt, eth(0x67)});
    reset();
    deploy(creator(Op::create));
    EXPECT_EQ(word(), U256::from_be(eth(0x66)));
    auto sent = sent_to(kEamId, eam::kCreate);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].as<eam::CreateParams>().initcode, Bytes{0xfe});
    EXPECT_EQ(sent[0].as<eam::CreateParams>().nonce, 1U);
    EXPECT_EQ(state<State>().nonce, 2U);
    reset();
    deploy(creator(Op::create2));
    EXPECT_EQ(word(), U256::from_be(eth(0x67)));
    sent = sent_to(kEamId, eam::kCreate2);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].as<eam::Create2Params>().salt, U256(77).to_be());
}

TEST_F(Creations, FailuresAreZero) {
    answer(kEamId, eam::kCreate, kReverted, to_cbor(Bytes{3, 4}));
    EXPECT_EQ(result(creator(Op::create)), "0:0304");
    EXPECT_EQ(state<State>().nonce, 2U);  // a failed creation uses its nonce
    EXPECT_EQ(result(creator(Op::create, 1)), "0:");
    EXPECT_EQ(state<State>().nonce, 1U);  // but one that cannot be paid does not
    EXPECT_TRUE(sent_to(kEamId, eam::kCreate).empty());
}

}  // namespace
}  // namespace strata::actors::evm
