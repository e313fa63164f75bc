// A read or a write fails on this node while real messages run. The result must be that failure, or exactly what every
// other node computes, and never a different receipt or state root.
#include <gtest/gtest.h>

#include <strata/actors/init/types.hpp>
#include <strata/actors/test_state.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata::actors {
namespace {

using strata::testing::FailingBlockstore;
using testing::kApprover;
using testing::kClient;
using testing::TestState;
using vm::ActorType;

struct Case {
    const char* name;
    Message message;
    vm::ApplyKind kind = vm::ApplyKind::explicit_message;
};

struct Outcome {
    std::uint32_t exit_code = 0;
    std::uint64_t gas_used = 0;
    Bytes return_data;
    Cid root;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

class LocalFailures : public ::testing::Test {
  protected:
    void SetUp() override {
        state_.add_wallets(4);
        root_ = state_.tree.flush().value();
    }

    Result<Outcome> run(Blockstore& base, const Case& what) {
        STRATA_TRY(const auto executor, state_.executor(base, root_));
        const auto applied = executor->apply(what.message, what.kind, 100);
        const auto root = executor->flush();
        if (!applied) {
            // The executor must not give a state to a caller that ignores the error.
            EXPECT_FALSE(root) << what.name;
            return applied.error();
        }
        if (!root) return root.error();
        return Outcome{applied->receipt.exit_code, applied->receipt.gas_used, applied->receipt.return_data, *root};
    }

    static std::vector<Case> cases() {
        const Address fresh = Address::secp256k1(Bytes(65, 4));
        multisig::ConstructorParams wallet;
        wallet.signers = {Address::id(kClient), fresh};
        wallet.threshold = 2;
        const init::ExecParams exec{devnet_bundle().codes.at(ActorType::multisig), to_cbor(wallet)};
        return {
            {"nested approvals", TestState::approval()},
            {"a transfer", TestState::message(kClient, 0, Address::id(kApprover), 0, {}, 5)},
            {"a transfer to a new account", TestState::message(kClient, 0, fresh, 0, {}, 5)},
            {"a transfer to a placeholder",
             TestState::message(kClient, 0, Address::delegated(kEamId, Bytes(20, 7)), 0, {}, 5)},
            {"a new multisig", TestState::message(kClient, 0, Address::id(kInitId), init::kExec, to_cbor(exec))},
            {"a message that fails", TestState::message(kClient, 0, Address::id(kInitId), init::kExec, Bytes{0x80})},
            {"an unknown receiver", TestState::message(kClient, 0, Address::actor(as_bytes("x")), 0, {}, 5)},
            {"an implicit message", TestState::message(kClient, 0, Address::id(kInitId), init::kExec, to_cbor(exec)),
             vm::ApplyKind::implicit_message},
        };
    }

    TestState state_;
    Cid root_;
};

TEST_F(LocalFailures, AFailedReadIsThatErrorOrChangesNothing) {
    for (const auto& what : cases()) {
        MemoryBlockstore copy = state_.store;
        const Outcome right = run(copy, what).value();
        for (const Errc code : {Errc::missing_block, Errc::io, Errc::cancelled}) {
            std::size_t n = 0;
            for (bool failed = true; failed; ++n) {
                MemoryBlockstore base = state_.store;
                FailingBlockstore store(base);
                store.fail_read(n, code);
                const auto outcome = run(store, what);
                failed = store.failed();
                if (outcome) {
                    EXPECT_EQ(*outcome, right) << what.name << ", read " << n;
                    EXPECT_FALSE(failed) << what.name << ", read " << n;
                } else {
                    EXPECT_EQ(outcome.error().code(), code) << what.name << ", read " << n;
                    EXPECT_EQ(base.blocks().size(), state_.store.blocks().size()) << "something was written";
                }
            }
            EXPECT_GT(n, 3U) << what.name;  // the state root, the map of actors, the system actor and its manifest
        }
    }
}

TEST_F(LocalFailures, AFailedWriteLeavesNoRoot) {
    for (const auto& what : cases()) {
        MemoryBlockstore copy = state_.store;
        const Outcome right = run(copy, what).value();
        for (std::size_t n = 0;; ++n) {
            MemoryBlockstore base = state_.store;
            FailingBlockstore store(base);
            store.fail_write(n, Errc::io);
            const auto outcome = run(store, what);
            if (!store.failed()) {
                EXPECT_EQ(outcome.value(), right);
                break;
            }
            ASSERT_FALSE(outcome) << what.name << ", write " << n;
            EXPECT_EQ(outcome.error().code(), Errc::io);
            EXPECT_FALSE(base.has(right.root).value()) << what.name << ", write " << n;
        }
    }
}

}  // namespace
}  // namespace strata::actors
