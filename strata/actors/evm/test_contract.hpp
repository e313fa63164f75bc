#pragma once
// For tests of contracts: an assembler, and one contract in a world whose other actors answer as the test says.
#include <strata/actors/eam/types.hpp>
#include <strata/actors/evm/exits.hpp>
#include <strata/actors/evm/interpreter.hpp>
#include <strata/actors/methods.hpp>
#include <strata/actors/test_runtime.hpp>
#include <strata/base/hex.hpp>

namespace strata::actors::evm::testing {

/// Code that is put together instruction by instruction.
class Code {
  public:
    Code& operator<<(Op op) {
        bytes_.push_back(static_cast<std::uint8_t>(op));
        return *this;
    }
    /// A number is pushed with PUSH32.
    Code& operator<<(const U256& word) {
        *this << Op::push32;
        append(bytes_, word.to_be());
        return *this;
    }
    template <std::integral N>
    Code& operator<<(N number) {
        return *this << U256(static_cast<std::uint64_t>(number));
    }
    Code& raw(BytesView bytes) {
        append(bytes_, bytes);
        return *this;
    }
    std::size_t size() const { return bytes_.size(); }
    const Bytes& bytes() const { return bytes_; }

    /// Ends with the word on top of the stack as output.
    Code& return_top() { return *this << 0 << Op::mstore << 32 << 0 << Op::ret; }

  private:
    Bytes bytes_;
};

/// Returns initcode that makes a contract with this code.
inline Bytes initcode_for(const Code& code) {
    Code out;
    // PUSH32 size, PUSH32 where the code begins, PUSH32 0, CODECOPY; PUSH32 size, PUSH32 0, RETURN
    constexpr std::size_t kPrefix = 5 * 33 + 2;
    out << U256(code.size()) << U256(kPrefix) << 0 << Op::codecopy << U256(code.size()) << 0 << Op::ret;
    return Code(out).raw(code.bytes()).bytes();
}

class ContractTest : public actors::testing::ActorTest {
  protected:
    static constexpr ActorId kContract = 500;
    static constexpr ActorId kUser = 501;
    static constexpr ActorId kOther = 502;

    ContractTest()
        : ActorTest(ActorType::evm, methods(), kContract, NativeActor::Unknown::refuse, NativeActor::Internal::open,
                    &native_method) {
        give_address(kContract, address_);
        world_.add(kUser, ActorType::account, 0);
        world_.add(kOther, ActorType::evm, 0);
        give_address(kOther, other_);
    }
    void give_address(ActorId id, const EthAddress& address) {
        auto record = world_.tree.get(id).value().value();
        record.delegated_address = Address::delegated(kEamId, address);
        world_.tree.set(id, record);
        name(*record.delegated_address, id);
    }
    vm::CallResult construct(const Bytes& initcode) {
        return call(kInitId, kMethodConstructor, eam::ContractParams{creator_, initcode});
    }
    /// Makes the contract with this code.
    void deploy(const Code& code) { ASSERT_TRUE(ok(construct(initcode_for(code)))); }
    vm::CallResult invoke(const Bytes& input = {}, const TokenAmount& value = 0) {
        return call(kUser, kMethodInvokeEvm, input, value);
    }
    /// Invokes the contract and returns its output as a word.
    U256 word(const Bytes& input = {}) { return U256::from_be(returned<Bytes>(invoke(input))); }
    /// Makes a contract of the code, runs it, and returns its output as a word.
    U256 run(Code code) {
        reset();
        deploy(code.return_top());
        return word();
    }
    ExitCode exit_of(const Code& code) {
        reset();
        deploy(code);
        return invoke().exit_code;
    }
    void reset() {
        auto record = world_.tree.get(kContract).value().value();
        record.head = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
        world_.tree.set(kContract, record);
    }
    static EthAddress eth(std::uint8_t byte) {
        EthAddress out;
        out.fill(byte);
        return out;
    }

    const EthAddress address_ = eth(0xa1);
    const EthAddress other_ = eth(0xb2);
    const EthAddress creator_ = eth(0xc3);
};

}  // namespace strata::actors::evm::testing
