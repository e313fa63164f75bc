// Protects `strata bundle` and `strata vectors fvm`: a person must be told what is in a file, and a file that is not a
// bundle must never look like one. The code of the official v18 mainnet account actor is that of docs/protocol/fvm.md
// §2.5.
#include <cstdlib>

#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using testing::expect_refusal;
using ::testing::HasSubstr;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;
using testing::strata_says;

class BundleVerb : public testing::Program {};

TEST_F(BundleVerb, says_what_is_missing_or_wrong) {
    expect_refusal(kSaysUsage, {"bundle", "show", path("none.car")}, {"none.car"});
    expect_refusal(kSaysNo, {"bundle", "import", write("text.car", "not a CAR")}, {"text.car"});
    expect_refusal(kSaysNo, {"bundle", "list", path("nowhere")}, {"there is no folder", "nowhere"});
    expect_refusal(kSaysUsage, {"bundle", "export"}, {"import, show, list"});
}

TEST_F(BundleVerb, an_empty_folder_has_an_empty_list) {
    std::filesystem::create_directories(path("bundles"));
    const auto ran = strata_says({"bundle", "list", path("bundles")});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr("manifest"));
}

TEST_F(BundleVerb, an_official_bundle_is_shown_kept_and_listed) {
    const char* folder = std::getenv("STRATA_BUNDLES");
    if (folder == nullptr)
        GTEST_SKIP() << "STRATA_BUNDLES names no folder with the bundles of the official actors "
                        "(v18/builtin-actors-mainnet.car)";
    const std::string file = (std::filesystem::path(folder) / "v18/builtin-actors-mainnet.car").string();
    const auto shown = strata_says({"bundle", "show", file});
    EXPECT_EQ(shown.code, kSaysDone) << shown.all();
    EXPECT_THAT(shown.out, HasSubstr("bafk2bzacebt5o43hdveql4tqrnr7bg62by3d336ddsfl3l72xedhlsrbe6nia"));
    const auto imported = strata_says({"bundle", "import", file, "--to", path("kept")});
    EXPECT_EQ(imported.code, kSaysDone) << imported.all();
    const auto listed = strata_says({"bundle", "list", path("kept")});
    EXPECT_THAT(listed.out, HasSubstr("mainnet"));
    EXPECT_THAT(listed.out, HasSubstr("bafy2bzacedxsqapxwj5znwy4leem5gsuenhhfyqcntews3yis5iek67thy6lc"));
}

TEST_F(BundleVerb, vectors_of_the_vm_need_bundles_and_say_which) {
    const auto file = write("sequence.json", R"({"class": "sequence", "_meta": {"bundle": {"/": "bafkqaaa"}},
        "randomness": [], "apply_messages": []})");
    std::filesystem::create_directories(path("bundles"));
    const auto ran = strata_says({"vectors", "fvm", file, "--bundles", path("bundles")});
    EXPECT_EQ(ran.code, kSaysNo) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr("there is no bundle with the root bafkqaaa"));
    expect_refusal(kSaysNo, {"vectors", "fvm", file, "--bundles", path("none")}, {"there is no folder"});
    expect_refusal(kSaysUsage, {"vectors", "fvm", file}, {"--bundles"});
}

}  // namespace
}  // namespace strata::cli
