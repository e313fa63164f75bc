// strata put, get and deals as a person has them: outputs, exit codes and refusals. Node and provider are scripted
// (client/test_network.hpp); what the verbs do in all cases is tested in strata/client.
#include <strata/cli/test_program.hpp>
#include <strata/client/test_network.hpp>

namespace strata::cli {
namespace {

using api::Json;
using ::testing::HasSubstr;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;
using testing::Ran;

class StorageVerbs : public testing::Program {
  protected:
    void SetUp() override {
        unsetenv("FULLNODE_API_INFO");
        file_ = write("file", "a file that is worth keeping");
    }
    Ran ask(std::vector<std::string> words, bool with_provider = true) const {
        words.insert(words.end(), {"--api", node_.url(), "--records", path("files")});
        if (with_provider) words.insert(words.end(), {"--provider", provider_.url()});
        return testing::strata_says(std::move(words));
    }

    client::testing::ScriptedNode node_;
    client::testing::ScriptedProvider provider_{node_, folder_ / "pieces"};
    std::string file_;
};

TEST_F(StorageVerbs, a_file_goes_out_and_comes_back) {
    const auto put = ask({"put", file_, "--wait"});
    ASSERT_EQ(put.code, kSaysDone) << put.all();
    EXPECT_THAT(put.out, HasSubstr("stored: sector 7, proven at epoch"));
    const auto cid = client::testing::root_of("a file that is worth keeping").to_string();
    EXPECT_THAT(put.out, HasSubstr("strata get " + cid));

    const auto json = ask({"put", file_, "--wait", "--json"});
    ASSERT_EQ(json.code, kSaysDone) << json.all();
    const auto record = Json::parse(json.out);  // the standard output has the JSON alone
    EXPECT_EQ(record["CID"]["/"], cid);
    EXPECT_EQ(record["Stage"], "stored");
    EXPECT_EQ(record["Deals"][0]["Sector"], 7);
    EXPECT_EQ(record["NextStep"], "");

    const auto got = ask({"get", cid, "-o", path("back")});
    EXPECT_EQ(got.code, kSaysDone) << got.all();
    EXPECT_EQ(ask({"get", cid, "-o", path("back")}).code, kSaysUsage) << "the file exists";
    const auto again = ask({"get", cid, "-o", path("back"), "--force", "--json"});
    ASSERT_EQ(again.code, kSaysDone) << again.all();
    EXPECT_EQ(Json::parse(again.out)["Size"], 28);

    // Without -o it goes here, by its own name, and by its CID if that name is taken.
    const auto here = std::filesystem::current_path();
    std::filesystem::create_directory(folder_ / "elsewhere");
    std::filesystem::current_path(folder_ / "elsewhere");
    EXPECT_EQ(ask({"get", cid}).code, kSaysDone);
    EXPECT_TRUE(std::filesystem::exists("file"));
    EXPECT_EQ(ask({"get", cid}).code, kSaysDone);
    EXPECT_TRUE(std::filesystem::exists(cid));
    std::filesystem::current_path(here);

    const auto list = ask({"deals", "list"}, false);
    EXPECT_EQ(list.code, kSaysDone) << list.all();
    EXPECT_THAT(list.out, HasSubstr(cid));
    EXPECT_THAT(list.out, HasSubstr("deal 0 in sector 7"));
    const auto both = Json::parse(ask({"deals", "list", "--json"}, false).out);
    EXPECT_EQ(both["Files"][0]["Stage"], "stored");
    EXPECT_EQ(both["Deals"]["0"]["Proposal"]["Label"], cid);
    EXPECT_THAT(ask({"deals", "show", cid}, false).out, HasSubstr("sector 7"));
    const auto newest = ask({"deals", "show"}, false);
    EXPECT_EQ(newest.code, kSaysDone) << newest.all();
    EXPECT_THAT(newest.out, HasSubstr("stored: a sector with the data is proven"));
    EXPECT_THAT(newest.out, HasSubstr("strata get " + cid));
    EXPECT_THAT(ask({"deals", "show", "0"}, false).out, HasSubstr("7, proven since epoch"));
}

TEST_F(StorageVerbs, a_put_without_waiting_tells_what_comes_next) {
    provider_.let_publish(false);
    const auto put = ask({"put", file_});
    EXPECT_EQ(put.code, kSaysDone) << put.all();
    EXPECT_THAT(put.out, HasSubstr("strata put --resume --wait"));
    EXPECT_THAT(put.out, HasSubstr("strata deals show"));
    EXPECT_THAT(put.out, HasSubstr("strata get bafk")) << "the provider gives back what it has not sealed yet";
    provider_.let_publish(true);
    EXPECT_EQ(ask({"put", "--resume", "--wait"}).code, kSaysDone);
    EXPECT_THAT(ask({"put", "--resume"}).out, HasSubstr("nothing is unfinished"));
}

TEST_F(StorageVerbs, resume_prints_the_records_of_all_files_also_of_those_that_cannot_go_on) {
    provider_.let_publish(false);
    ASSERT_EQ(ask({"put", file_}).code, kSaysDone);
    provider_.let_publish(true);
    const client::PutFolder folder(folder_ / "files");
    auto stuck = folder.all()->front();
    stuck.miner = Address::id(100);  // nobody can reach this one
    stuck.deals[0].stage = client::PutStage::planned;
    stuck.deals[0].deal.reset();
    ASSERT_TRUE(folder.save(stuck));
    const auto ran = ask({"put", "--resume", "--wait", "--json"});
    EXPECT_EQ(ran.code, kSaysNo) << ran.all();
    const auto all = Json::parse(ran.out);
    ASSERT_EQ(all.size(), 2U);
    std::size_t stored = 0;
    for (const auto& one : all) {
        stored += one["Stage"] == "stored" ? 1 : 0;
        EXPECT_EQ(one.contains("error"), one["Stage"] != "stored") << one;
    }
    EXPECT_EQ(stored, 1U);
}

TEST_F(StorageVerbs, a_failed_deal_is_listed_with_cause_and_next_step) {
    provider_.refuse("no more room here");
    const auto put = ask({"put", file_});
    EXPECT_EQ(put.code, kSaysNo);
    EXPECT_THAT(put.err, HasSubstr("strata put: "));
    EXPECT_THAT(put.err, HasSubstr("no more room here"));
    const auto list = ask({"deals", "list"}, false);
    EXPECT_THAT(list.out, HasSubstr("no more room here"));
    EXPECT_THAT(list.out, HasSubstr("strata put " + file_ + " tries again"));
    const auto shown = ask({"deals", "show"}, false);
    EXPECT_THAT(shown.out, HasSubstr("failed: the reason is below"));
    EXPECT_THAT(shown.out, HasSubstr("no more room here"));
    EXPECT_THAT(shown.out, HasSubstr("strata put " + file_ + " tries again"));
}

TEST_F(StorageVerbs, a_list_asks_the_providers_of_its_records_alone) {
    provider_.let_publish(false);
    ASSERT_EQ(ask({"put", file_}).code, kSaysDone);
    const auto asked = provider_.asks();
    EXPECT_THAT(ask({"deals", "list"}, false).out, HasSubstr("sent"));
    EXPECT_EQ(provider_.asks(), asked + 1);
    EXPECT_EQ(node_.calls("StateListMiners"), 0U);
    provider_.answer_about_deals(503, "too many deals");
    const auto busy = ask({"deals", "list"}, false);
    EXPECT_EQ(busy.code, kSaysDone) << busy.all();
    EXPECT_THAT(busy.out, HasSubstr("too many deals"));
}

TEST_F(StorageVerbs, each_cause_is_listed_once) {
    ASSERT_EQ(ask({"put", file_, "--wait"}).code, kSaysDone);
    const client::PutFolder folder(folder_ / "files");
    auto record = folder.all()->front();
    const auto deal = record.deals.front();
    for (const auto* cause : {"the disk is full", "the power was cut", "the disk is full"}) {
        record.deals.push_back(deal);
        record.deals.back().stage = client::PutStage::failed;
        record.deals.back().failure = cause;
    }
    ASSERT_TRUE(folder.save(record));
    const auto list = ask({"deals", "list"}, false).out;
    EXPECT_EQ(list.find("the disk is full"), list.rfind("the disk is full")) << list;
    EXPECT_THAT(list, HasSubstr("the power was cut"));
}

TEST_F(StorageVerbs, wrong_usage_says_what_is_right) {
    const auto refuses = [&](std::vector<std::string> words, const std::string& part) {
        const auto ran = ask(words, words.front() != "deals");
        EXPECT_EQ(ran.code, kSaysUsage) << words.back() << ": " << ran.all();
        EXPECT_THAT(ran.err, HasSubstr(part));
    };
    refuses({"put"}, "name a FILE");
    refuses({"put", file_, "--resume"}, "takes no FILE");
    refuses({"put", "--resume", "--duration", "600000"}, "takes no FILE, --miner, --price or --duration");
    refuses({"put", "--resume", "--price", "1"}, "takes no FILE, --miner, --price or --duration");
    refuses({"put", "--resume", "--miner", "t01000"}, "takes no FILE, --miner, --price or --duration");
    refuses({"put", path("missing")}, "there is no such file");
    refuses({"put", folder_.path().string()}, "not a regular file");
    refuses({"put", file_, "--price", "much"}, "expected an amount in FIL");
    refuses({"put", file_, "--miner", client::testing::kWallet}, "expected the ID of a miner");
    refuses({"get", "nonsense", "-o", path("x")}, "is not a CID");
    refuses({"deals", "show", "nonsense"}, "neither the number of a deal nor a CID");
    EXPECT_EQ(ask({"deals", "show", "9"}, false).code, kSaysNo);
    const auto none = ask({"deals", "show"}, false);
    EXPECT_EQ(none.code, kSaysNo);
    EXPECT_THAT(none.err, HasSubstr("no file was put from here; strata put FILE stores one"));
    for (const auto* verb : {"put", "get"})
        EXPECT_THAT(testing::strata_says({verb, "--help"}).out, HasSubstr(std::string("Example: strata ") + verb));
}

}  // namespace
}  // namespace strata::cli
