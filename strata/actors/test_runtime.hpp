#pragma once
// For tests of actors. RuntimeTest runs a function with the Runtime of an actor. ActorTest runs messages to one real
// actor, in a world whose other actors answer as the test says. The test can look at the calls that they got.
#include <gtest/gtest.h>

#include <deque>
#include <ostream>

#include <strata/actors/native_actor.hpp>
#include <strata/ipld/hamt.hpp>
#include <strata/vm/test_world.hpp>

namespace strata::vm {

// gtest prints these where a comparison fails.
inline void PrintTo(ExitCode code, std::ostream* out) {
    *out << "exit code " << std::to_underlying(code);
}

}  // namespace strata::vm

namespace strata {

inline void PrintTo(const BigInt& value, std::ostream* out) {
    *out << value.to_string();
}
inline void PrintTo(const Address& value, std::ostream* out) {
    *out << value.to_string();
}

}  // namespace strata

namespace strata::actors::testing {

class RuntimeTest : public ::testing::Test {
  protected:
    template <class Body>
    void run(Body body) {
        constexpr ActorId caller = 101;
        constexpr ActorId actor = 102;
        vm::testing::World world;
        world.add(caller, ActorType::account, 0);
        world.add(actor, ActorType::miner, 0);
        bool ran = false;
        world.code(ActorType::miner, [&](vm::Kernel& kernel, vm::BlockId) -> vm::Syscall<vm::ActorExit> {
            Runtime rt(kernel, mainnet_policy());
            body(rt);
            ran = true;
            return vm::ActorExit{};
        });
        vm::GasTracker gas(vm::gas(10'000'000'000));
        vm::CallManager calls(
            world.config, world.manifest, world.doors(), world.tree, gas,
            {.id = caller, .address = Address::id(caller), .nonce = 0, .premium = 0, .receiver = actor});
        ASSERT_TRUE(calls.call({.from = caller,
                                .to = Address::id(actor),
                                .method = 2,
                                .params = {},
                                .value = 0,
                                .gas_limit = {},
                                .read_only = false}));
        ASSERT_TRUE(ran);
    }
};

/// A call of the tested actor to a different actor. Plain transfers (method 0) are not recorded; look at balances.
struct Sent {
    ActorId to = 0;
    MethodNumber method = 0;
    TokenAmount value;
    std::optional<Bytes> params;
    bool read_only = false;

    template <class T>
    T as() const {
        return from_cbor<T>(params.value()).value();
    }
};

/// The world outside the VM: proofs are valid or not as `proofs_hold` says, and the randomness is a constant.
class ScriptedWorld final : public vm::Externs, public vm::ProofVerifier {
  public:
    Result<Hash256> chain_randomness(ChainEpoch) override { return Hash256{}; }
    Result<Hash256> beacon_randomness(ChainEpoch) override { return Hash256{}; }
    Result<Cid> tipset_cid(ChainEpoch) override { return Cid::hash_of(Codec::dag_cbor, Bytes{0x80}); }
    Result<std::optional<vm::ConsensusFault>> consensus_fault(BytesView, BytesView, BytesView) override {
        return fault;
    }
    Result<bool> verify_seal(const SealVerifyInfo&) override { return proofs_hold; }
    Result<bool> verify_post(const WindowPoStVerifyInfo& info) override {
        challenged = info.challenged_sectors.size();
        return proofs_hold;
    }
    Result<bool> verify_aggregate_seals(const AggregateSealVerifyProofs&) override { return proofs_hold; }
    Result<bool> verify_replica_update(const ReplicaUpdateInfo&) override { return proofs_hold; }
    Result<Cid> unsealed_sector_cid(RegisteredSealProof, std::span<const PieceInfo>) override { return unsealed; }

    bool proofs_hold = true;
    Cid unsealed;  // the commitment to all pieces
    std::optional<vm::ConsensusFault> fault;
    std::size_t challenged = 0;  // sectors in the latest window PoSt
};

class ActorTest : public ::testing::Test {
  protected:
    /// `id` is the ID of the tested actor.
    ActorTest(ActorType type, std::span<const Method> methods, ActorId id,
              NativeActor::Unknown unknown = NativeActor::Unknown::refuse,
              NativeActor::Internal internal = NativeActor::Internal::restricted, Handler any_other = nullptr)
        : actor_(id), native_(policy_, methods, unknown, internal, any_other) {
        for (std::int32_t other = 1; other <= 16; ++other)
            world_.code(static_cast<ActorType>(other),
                        [this](vm::Kernel& kernel, vm::BlockId params) -> vm::Syscall<vm::ActorExit> {
                            if (kernel.message().receiver == actor_) return native_.invoke(kernel, params);
                            return scripted(kernel, params);
                        });
        if (type != ActorType::init) world_.add(id, type, 0);
        for (const auto& [singleton, kind] : {std::pair(kSystemId, ActorType::system),
                                              {kRewardId, ActorType::reward},
                                              {kCronId, ActorType::cron},
                                              {kPowerId, ActorType::power},
                                              {kMarketId, ActorType::market},
                                              {kVerifiedRegistryId, ActorType::verified_registry},
                                              {kDatacapId, ActorType::datacap},
                                              {kEamId, ActorType::eam},
                                              {kBurntFundsId, ActorType::account}})
            if (singleton != id) world_.add(singleton, kind, 0);
    }

    void at(ChainEpoch epoch) { world_.config.network.epoch = epoch; }
    ChainEpoch epoch() const { return world_.config.network.epoch; }
    void set_balance(ActorId id, const TokenAmount& amount) {
        auto record = world_.tree.get(id).value().value();
        record.balance = amount;
        world_.tree.set(id, record);
    }
    TokenAmount balance() { return world_.balance(actor_); }
    TokenAmount balance_of(ActorId id) { return world_.balance(id); }
    /// Gives the actor `id` a BLS key address.
    Address key_of(ActorId id) {
        const Address key = Address::bls(Bytes(48, static_cast<std::uint8_t>(id)));
        name(key, id);
        return key;
    }
    /// Writes an address of the actor `id` into the init actor's table.
    void name(const Address& address, ActorId id) {
        auto record = world_.tree.get(kInitId).value().value();
        auto init = get_cbor<vm::InitState>(world_.store, record.head).value();
        auto map = HamtMap<Address, ActorId>::load(world_.store, init.address_map).value();
        EXPECT_TRUE(map.set(address, id));
        init.address_map = map.flush().value();
        record.head = put_cbor(world_.store, init).value();
        world_.tree.set(kInitId, record);
    }

    /// Makes all later calls of this method of the actor `to` end with this code and data.
    void answer(ActorId to, MethodNumber method, ExitCode code, std::optional<Bytes> data = {}) {
        answers_[{to, method}] = {code, std::move(data)};
    }
    template <class T>
    void answer_with(ActorId to, MethodNumber method, const T& value) {
        answer(to, method, ExitCode::ok, to_cbor(value));
    }

    vm::CallResult call(ActorId caller, MethodNumber method) { return raw_call(caller, method, {}, 0); }
    template <class P>
    vm::CallResult call(ActorId caller, MethodNumber method, const P& params, const TokenAmount& value = 0) {
        return raw_call(caller, method, to_cbor(params), value);
    }
    vm::CallResult raw_call(ActorId caller, MethodNumber method, const std::optional<Bytes>& params,
                            const TokenAmount& value) {
        sent_.clear();
        vm::GasTracker gas(vm::gas(1'000'000'000'000));
        vm::CallManager calls(
            world_.config, world_.manifest, {outside_, outside_, world_}, world_.tree, gas,
            {.id = caller, .address = Address::id(caller), .nonce = nonce_++, .premium = 0, .receiver = actor_});
        std::optional<vm::Block> block;
        if (params) block = vm::Block{Codec::cbor, std::make_shared<const Bytes>(*params), {}};
        auto result = calls.call({.from = caller,
                                  .to = Address::id(actor_),
                                  .method = method,
                                  .params = block,
                                  .value = value,
                                  .gas_limit = {},
                                  .read_only = false});
        events_ = calls.take_events();
        if (!result) return {ExitCode::sys_assertion_failed, {}, result.error().message};
        return *result;
    }

    static ::testing::AssertionResult exits(ExitCode expected, const vm::CallResult& result) {
        if (result.exit_code == expected) return ::testing::AssertionSuccess();
        return ::testing::AssertionFailure() << "exit code " << std::to_underlying(result.exit_code) << " instead of "
                                             << std::to_underlying(expected) << ": " << result.message;
    }
    static ::testing::AssertionResult ok(const vm::CallResult& result) { return exits(ExitCode::ok, result); }
    template <class T>
    static T returned(const vm::CallResult& result) {
        EXPECT_TRUE(ok(result));
        if (!result.data) {
            ADD_FAILURE() << "the call returned no data";
            return {};
        }
        return from_cbor<T>(*result.data->data).value();
    }
    template <class S>
    S state() {
        return get_cbor<S>(world_.store, world_.tree.get(actor_).value().value().head).value();
    }
    template <class S>
    void set_state(const S& value) {
        auto record = world_.tree.get(actor_).value().value();
        record.head = put_cbor(world_.store, value).value();
        world_.tree.set(actor_, record);
    }
    /// The calls of a method that the latest message made.
    std::vector<Sent> sent_to(ActorId to, MethodNumber method) const {
        std::vector<Sent> out;
        for (const auto& one : sent_)
            if (one.to == to && one.method == method) out.push_back(one);
        return out;
    }
    const std::vector<vm::StampedEvent>& events() const { return events_; }
    /// The types of the events that the latest message emitted.
    std::vector<std::string> event_types() const {
        std::vector<std::string> out;
        for (const auto& event : events_) out.push_back(from_cbor<std::string>(event.entries.at(0).value).value());
        return out;
    }

    const ActorId actor_;
    vm::testing::World world_;
    ScriptedWorld outside_;
    std::vector<Sent> sent_;
    Policy policy_ = mainnet_policy();  // of the tested actor; a test may change it
    Nonce nonce_ = 0;                   // of the next message

  private:
    struct Answer {
        ExitCode code = ExitCode::ok;
        std::optional<Bytes> data;
    };
    // Records a call to a different actor and answers it as the test said.
    vm::Syscall<vm::ActorExit> scripted(vm::Kernel& kernel, vm::BlockId params) {
        const auto& message = kernel.message();
        Sent sent{message.receiver, message.method, message.value_received, {}, message.read_only};
        if (params != vm::kNoBlock) {
            STRATA_TRY(const auto stat, kernel.block_stat(params));
            sent.params = Bytes(stat.size);
            STRATA_OK(kernel.block_read(params, 0, *sent.params));
        }
        sent_.push_back(sent);
        const auto it = answers_.find({message.receiver, message.method});
        if (it == answers_.end()) return vm::ActorExit{};
        vm::ActorExit exit{it->second.code, vm::kNoBlock, "the test asked for this exit"};
        if (it->second.data) {
            STRATA_TRY(exit.data, kernel.block_create(Codec::cbor, *it->second.data));
        }
        return exit;
    }

    NativeActor native_;
    std::map<std::pair<ActorId, MethodNumber>, Answer> answers_;
    std::vector<vm::StampedEvent> events_;
};

}  // namespace strata::actors::testing
