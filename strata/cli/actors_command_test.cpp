// Protects `strata actors diff`: what its options refuse, and that a sequence in a file can be run. The comparison
// itself is protected by the tests of strata/differential. Source of the exit codes: docs/operating.md.
#include <strata/cli/test_program.hpp>
#include <strata/differential/start.hpp>
#include <strata/differential/step.hpp>

namespace strata::cli {
namespace {

using testing::expect_refusal;
using ::testing::HasSubstr;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;
using testing::strata_says;

class ActorsVerb : public testing::Program {};

TEST_F(ActorsVerb, the_native_actors_do_the_same_as_themselves) {
    const auto ran =
        strata_says({"actors", "diff", "--self", "--seed", "2", "--seeds", "2", "--steps", "20", "--table"});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr("seed 2: 20 steps"));
    EXPECT_THAT(ran.out, HasSubstr("2 seeds, 40 steps"));
    EXPECT_THAT(ran.out, HasSubstr("0 differences"));
    EXPECT_THAT(ran.out, HasSubstr("storageminer"));
}

TEST_F(ActorsVerb, a_file_of_steps_is_run) {
    differential::Sequence sequence;
    sequence.start = differential::make_start()->root;
    differential::Step cron;
    cron.kind = differential::Step::Kind::cron;
    cron.epoch = 1;
    cron.last_epoch = 3;
    sequence.steps = {cron};
    const auto file = write("steps.json", differential::to_json(sequence));
    const auto ran = strata_says({"actors", "diff", "--self", "--replay", file});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr("1 steps without a difference"));

    sequence.start = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
    const auto other = write("other.json", differential::to_json(sequence));
    expect_refusal(kSaysUsage, {"actors", "diff", "--self", "--replay", other}, {other, "starts from the state"});
    const auto damaged = write("damaged.json", "{");
    expect_refusal(kSaysNo, {"actors", "diff", "--self", "--replay", damaged}, {damaged});
}

TEST_F(ActorsVerb, wrong_options_are_refused) {
    expect_refusal(kSaysUsage, {"actors", "diff"}, {"--bundle", "--self"});
    expect_refusal(kSaysUsage, {"actors", "diff", "--self", "--bundle", "x"}, {"--bundle", "--self"});
    expect_refusal(kSaysUsage, {"actors", "diff", "--bundle", path("missing.car")},
                   {"--bundle", "there is no such file"});
    expect_refusal(kSaysUsage, {"actors", "diff", "--self", "--steps", "0"}, {"--steps"});
    expect_refusal(kSaysUsage, {"actors", "diff", "--self", "--jobs", "0"}, {"--jobs"});
    expect_refusal(kSaysUsage, {"actors", "diff", "--self", "--replay", path("missing.json")},
                   {"--replay", "there is no such file"});
}

}  // namespace
}  // namespace strata::cli
