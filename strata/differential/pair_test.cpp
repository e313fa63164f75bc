// Protects the comparison: each kind of difference, planted into one side, is found and named.
#include <gmock/gmock.h>

#include <strata/actors/power/state.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/differential/planted_table.hpp>
#include <strata/differential/test_campaign.hpp>

namespace strata::differential {
namespace {

using ::testing::HasSubstr;
using testing::PlantedTable;
using vm::ActorType;

constexpr MethodNumber kPubkeyAddress = 2;
constexpr MethodNumber kAddVerifier = 2;

class PairTest : public testing::CampaignTest {
  protected:
    static Step message(std::string_view from, ActorId to, MethodNumber method, Bytes params = {}) {
        Step out;
        out.epoch = 1;
        out.from = start().person(from).address;
        out.to = Address::id(to);
        out.method = method;
        out.params = std::move(params);
        return out;
    }
    static Step cron(ChainEpoch first, ChainEpoch last, Step::Cron runs) {
        Step out;
        out.kind = Step::Kind::cron;
        out.epoch = first;
        out.last_epoch = last;
        out.cron = runs;
        return out;
    }
    static std::optional<Difference> difference(const vm::ActorTable& planted, const Step& step) {
        Pair pair(start(), natives(), "right", planted, "wrong");
        auto found = pair.apply(step);
        EXPECT_TRUE(found) << found.error().message();
        return found ? std::move(*found) : std::nullopt;
    }
};

TEST_F(PairTest, an_exit_code_is_found) {
    const PlantedTable planted(natives(), ActorType::account, kPubkeyAddress, [](vm::Kernel&, vm::ActorExit exit) {
        exit.code = vm::ExitCode::forbidden;
        exit.message = "a planted fault";
        return exit;
    });
    const auto found = difference(planted, message("client 0", 100, kPubkeyAddress));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, Difference::Kind::exit_code);
    EXPECT_EQ(found->sort, "exit code 0/18 of method 2");
    EXPECT_THAT(found->text, HasSubstr("wrong: 18 (a planted fault)"));
    ASSERT_EQ(found->calls.size(), 2U);
    EXPECT_THAT(found->calls[0], HasSubstr("right: f0103 -> f0100 (account) method 2: exit code 0"));
}

TEST_F(PairTest, a_returned_byte_is_found) {
    const PlantedTable planted(natives(), ActorType::power, actors::power::kCurrentTotalPower,
                               [](vm::Kernel& kernel, vm::ActorExit exit) -> vm::Syscall<vm::ActorExit> {
                                   Bytes data(kernel.block_stat(exit.data)->size);
                                   EXPECT_TRUE(kernel.block_read(exit.data, 0, data));
                                   data.back() ^= 1;
                                   STRATA_TRY(exit.data, kernel.block_create(Codec::cbor, data));
                                   return exit;
                               });
    const auto found = difference(planted, message("client 0", kPowerId, actors::power::kCurrentTotalPower));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, Difference::Kind::return_value);
}

TEST_F(PairTest, the_codec_of_a_returned_value_is_found) {
    const PlantedTable planted(natives(), ActorType::power, actors::power::kCurrentTotalPower,
                               [](vm::Kernel& kernel, vm::ActorExit exit) -> vm::Syscall<vm::ActorExit> {
                                   Bytes data(kernel.block_stat(exit.data)->size);
                                   EXPECT_TRUE(kernel.block_read(exit.data, 0, data));
                                   STRATA_TRY(exit.data, kernel.block_create(Codec::dag_cbor, data));
                                   return exit;
                               });
    const auto found = difference(planted, message("client 0", kPowerId, actors::power::kCurrentTotalPower));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, Difference::Kind::return_value);
    EXPECT_THAT(found->text, HasSubstr("with codec 113"));
}

Bytes verifier_params() {
    CborWriter w;
    w.array(2);
    encode(w, Address::id(110));
    w.bigint(4096);
    return w.take();
}

TEST_F(PairTest, an_event_is_found) {
    const PlantedTable planted(natives(), ActorType::verified_registry, kAddVerifier,
                               [](vm::Kernel& kernel, vm::ActorExit exit) -> vm::Syscall<vm::ActorExit> {
                                   const vm::EventEntry entry{3, "planted", Codec::cbor, {0x01}};
                                   STRATA_OK(kernel.emit_event({&entry, 1}));
                                   return exit;
                               });
    const auto found = difference(planted, message("root", kVerifiedRegistryId, kAddVerifier, verifier_params()));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, Difference::Kind::events);
    EXPECT_THAT(found->text, HasSubstr("event 1"));
    EXPECT_THAT(found->text, HasSubstr("wrong: f06 emitted planted=1/3/81"));
}

// The state of the reward actor after cron, with one field changed.
TEST_F(PairTest, a_field_of_a_state_is_found_by_name) {
    const PlantedTable planted(natives(), ActorType::reward, actors::reward::kUpdateNetworkKpi,
                               [](vm::Kernel& kernel, vm::ActorExit exit) -> vm::Syscall<vm::ActorExit> {
                                   STRATA_TRY(const Cid root, kernel.root());
                                   STRATA_TRY(const auto opened, kernel.block_open(root));
                                   Bytes data(opened.stat.size);
                                   STRATA_OK(kernel.block_read(opened.id, 0, data));
                                   auto state = from_cbor<actors::reward::State>(data).value();
                                   state.epoch += 1;
                                   STRATA_TRY(const auto block, kernel.block_create(Codec::dag_cbor, to_cbor(state)));
                                   STRATA_TRY(const Cid changed, kernel.block_link(block, HashCode::blake2b_256, 32));
                                   STRATA_OK(kernel.set_root(changed));
                                   return exit;
                               });
    const auto found = difference(planted, cron(1, 1, Step::Cron::every));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, Difference::Kind::state);
    EXPECT_EQ(found->sort, "state reward .state.epoch of cron");
    EXPECT_THAT(found->text, HasSubstr("f02 (reward) .state.epoch\n    right: 2\n    wrong: 3"));
}

TEST_F(PairTest, a_difference_in_a_table_is_found_by_key) {
    MemoryBlockstore store = start().blocks;
    auto tree = vm::StateTree::load(store, start().root).value();
    auto power = tree.get(kPowerId).value().value();
    auto state = get_cbor<actors::power::State>(store, power.head).value();
    auto claims = actors::power::Claims::load(store, state.claims).value();
    auto claim = claims.get(Address::id(1001)).value().value();
    claim.raw_byte_power += 1;
    ASSERT_TRUE(claims.set(Address::id(1001), claim));
    state.claims = claims.flush().value();
    power.head = put_cbor(store, state).value();
    tree.set(kPowerId, power);
    const Cid changed = tree.flush().value();
    const auto found = compare_states(store, start().root, store, changed, 5);
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().path, ".state.claims[f01001].raw_byte_power");
    EXPECT_EQ(found->front().sort, ".state.claims.raw_byte_power");
}

TEST_F(PairTest, a_missing_actor_is_found) {
    MemoryBlockstore store = start().blocks;
    auto tree = vm::StateTree::load(store, start().root).value();
    tree.remove(105);
    const Cid changed = tree.flush().value();
    const auto found = compare_states(store, start().root, store, changed, 5);
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().path, "exists");
}

// Cron runs in every epoch, in those with work, or once: the numbers are those of the range.
TEST_F(PairTest, cron_runs_in_the_epochs_that_the_step_says) {
    const auto epochs = [&](Step::Cron runs) {
        Pair pair(start(), natives(), "native", natives(), "native again");
        EXPECT_FALSE(pair.apply(cron(1, 600, runs)).value());
        return pair.work().cron_epochs;
    };
    EXPECT_EQ(epochs(Step::Cron::every), 600U);
    EXPECT_EQ(epochs(Step::Cron::last), 1U);
    // Two miners end a deadline every 60 epochs.
    EXPECT_GE(epochs(Step::Cron::due), 20U);
    EXPECT_LE(epochs(Step::Cron::due), 22U);
}

TEST_F(PairTest, blocks_that_no_state_needs_are_forgotten) {
    LayeredStore store(start().blocks);
    const Cid kept = store.put(Codec::dag_cbor, Bytes{0x80}).value();
    const Cid lost = store.put(Codec::dag_cbor, Bytes{0x81, 0x01}).value();
    const std::size_t before = store.size();
    ASSERT_TRUE(store.keep_only({kept, start().root}));
    EXPECT_LT(store.size(), before);
    EXPECT_TRUE(store.has(kept).value());
    EXPECT_FALSE(store.has(lost).value());
    EXPECT_TRUE(store.has(start().root).value());
    EXPECT_EQ(store.get(lost).error().code(), Errc::missing_block);
}

}  // namespace
}  // namespace strata::differential
