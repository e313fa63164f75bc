// Protects the file format of sequences (README.md): a person keeps such files and edits them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <strata/differential/step.hpp>

namespace strata::differential {
namespace {

using ::testing::HasSubstr;

Sequence some_sequence() {
    Sequence out;
    out.seed = 7;
    out.start = Cid::hash_of(Codec::dag_cbor, Bytes{0x80});
    Step message;
    message.epoch = 3;
    message.from = Address::id(100);
    message.to = Address::delegated(kEamId, Bytes(20, 1));
    message.method = 3844450837;
    message.value = BigInt::constant("123456789012345678901234567890");
    message.params = {1, 2, 0xff};
    message.label = "a \"label\" of two\nlines";
    out.steps.push_back(message);
    message.kind = Step::Kind::implicit;
    message.params.clear();
    out.steps.push_back(message);
    Step cron;
    cron.kind = Step::Kind::cron;
    cron.epoch = 3;
    cron.last_epoch = 90;
    cron.cron = Step::Cron::due;
    out.steps.push_back(cron);
    return out;
}

TEST(SequenceFile, what_is_written_is_read_again) {
    const auto sequence = some_sequence();
    const auto again = parse_sequence(to_json(sequence));
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(*again, sequence);
    EXPECT_EQ(*parse_sequence(to_json(Sequence{1, sequence.start, {}})), (Sequence{1, sequence.start, {}}));
}

TEST(SequenceFile, each_step_has_a_line) {
    const auto text = to_json(some_sequence());
    EXPECT_EQ(std::ranges::count(text, '\n'), 5);
}

TEST(SequenceFile, a_refusal_names_step_and_field) {
    const auto text = to_json(some_sequence());
    const auto refusal = [&](const std::string& from, const std::string& to) {
        auto changed = text;
        changed.replace(changed.find(from), from.size(), to);
        const auto result = parse_sequence(changed);
        return result ? "read" : result.error().message();
    };
    EXPECT_THAT(refusal("\"kind\":\"implicit\"", "\"kind\":\"explicit\""),
                HasSubstr("step 1: \"kind\": \"explicit\" is not one of message, implicit, cron"));
    EXPECT_THAT(refusal("\"last_epoch\":90", "\"last_epoch\":2"), HasSubstr("step 2: \"last_epoch\": expected 3 to"));
    EXPECT_THAT(refusal("\"from\":\"f0100\"", "\"from\":\"x\""), HasSubstr("step 0: \"from\""));
    EXPECT_THAT(refusal("\"params\":\"AQL/\"", "\"params\":\"AQL\""), HasSubstr("step 0: \"params\""));
    EXPECT_THAT(refusal("\"value\":\"1", "\"value\":\"x"), HasSubstr("step 0: \"value\""));
    EXPECT_THAT(refusal("actors-differential", "sequence"), HasSubstr("expected \"actors-differential\""));
    EXPECT_EQ(parse_sequence("[]").error().code(), Errc::malformed);
    EXPECT_EQ(parse_sequence("{").error().code(), Errc::malformed);
}

}  // namespace
}  // namespace strata::differential
