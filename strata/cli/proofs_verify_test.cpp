// Protects `strata proofs verify`: the reference's proofs are valid, changed ones are not, and a file that cannot be
// read is not a verdict. Sources: tests/vectors/proofs/groth16 (keys and proofs of bellperson 0.27.0);
// docs/operating.md (exit codes).
#include <nlohmann/json.hpp>

#include <strata/cli/test_program.hpp>

namespace strata::cli {
namespace {

using nlohmann::json;
using testing::expect_refusal;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;
using ::testing::StartsWith;
using testing::strata_says;

json vectors(const char* name) {
    return json::parse(strata::testing::read_file(*strata::testing::find_vectors(name)));
}

class VerifyVerb : public testing::Program {
  protected:
    void SetUp() override {
        for (const auto& key : vectors("proofs/groth16/keys.json")["keys"])
            if (key["circuit"] == "porep" && key["sector"] == "2KiB")
                vk = strata::testing::find_vectors("proofs/groth16/" + key["vk_file"].get<std::string>())->string();
        ASSERT_FALSE(vk.empty());
        const auto one = vectors("proofs/groth16/porep_2KiB.json")["cases"].at(0);
        inputs = one["inputs"];
        proof = one["snark"]["proof"];
    }
    testing::Ran verify(const std::string& statement, std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"proofs", "verify", "--vk", vk, "--inputs", statement});
        return strata_says(more);
    }
    std::string statement(const json& content) const { return write("statement.json", content.dump()); }

    std::string vk, proof;
    json inputs;
};

TEST_F(VerifyVerb, a_proof_of_the_reference_is_valid_in_every_form) {
    const auto whole = statement({{"inputs", inputs}, {"proof", proof}});
    EXPECT_EQ(verify(whole).code, kSaysDone) << verify(whole).all();
    EXPECT_THAT(verify(whole).out, StartsWith("valid: "));
    const auto alone = write("inputs.json", inputs.dump());
    for (const auto& form : {proof, write("proof.hex", proof + "\n"), whole})
        EXPECT_EQ(verify(alone, {"--proof", form}).code, kSaysDone) << form;
}

TEST_F(VerifyVerb, a_changed_input_or_proof_is_not_valid) {
    auto changed = inputs;
    auto& first = changed[0][0].get_ref<std::string&>();
    first[1] = first[1] == '0' ? '1' : '0';
    EXPECT_EQ(verify(statement({{"inputs", changed}, {"proof", proof}})).code, kSaysNo);
    auto wrong = proof;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    EXPECT_EQ(verify(statement({{"inputs", inputs}, {"proof", wrong}})).code, kSaysNo);
    EXPECT_EQ(verify(statement({{"inputs", inputs}, {"proof", proof.substr(2)}})).code, kSaysNo);
    EXPECT_EQ(verify(statement({{"inputs", inputs}, {"proof", ""}})).code, kSaysNo);
}

TEST_F(VerifyVerb, statements_that_are_none_are_failures_with_a_sentence) {
    for (const json& content :
         {json(), json(1), json::array(), json::object(), json{{"inputs", 5}, {"proof", proof}},
          json{{"inputs", json::array({1})}, {"proof", proof}}, json{{"inputs", json::array({"zz"})}, {"proof", proof}},
          json{{"inputs", json::array({json::array({"00"}), "00"})}, {"proof", proof}}}) {
        const auto ran = verify(statement(content));
        EXPECT_EQ(ran.code, kSaysNo) << content << ran.all();
        EXPECT_FALSE(ran.err.empty()) << content;
    }
    const auto text = verify(write("text", "not JSON"));
    EXPECT_EQ(text.code, kSaysNo) << text.all();
    EXPECT_THAT(text.err, ::testing::HasSubstr("is not JSON"));
}

TEST_F(VerifyVerb, paths_that_are_not_plain_files_are_wrong_usage) {
    const auto plain = statement({{"inputs", inputs}, {"proof", proof}});
    for (const auto& bad : {folder_.path().string(), std::string("/dev/zero"), path("missing")}) {
        expect_refusal(kSaysUsage, {"proofs", "verify", "--vk", bad, "--inputs", plain}, {"--vk " + bad + ": "});
        expect_refusal(kSaysUsage, {"proofs", "verify", "--vk", vk, "--inputs", bad}, {"--inputs " + bad + ": "});
    }
    expect_refusal(kSaysUsage, {"proofs", "verify", "--vk", vk, "--inputs", plain, "--proof", path("missing")},
                   {"--proof", "neither hexadecimal digits nor the path of an existing file"});
}

TEST_F(VerifyVerb, a_key_that_is_none_is_named) {
    const auto plain = statement({{"inputs", inputs}, {"proof", proof}});
    const auto whole = strata::testing::read_file(vk);
    for (const auto& content : {std::string("x"), whole.substr(0, whole.size() - 1), std::string(1000, '\xff')}) {
        const auto key = write("key.vk", content);
        expect_refusal(kSaysNo, {"proofs", "verify", "--vk", key, "--inputs", plain}, {key});
    }
}

}  // namespace
}  // namespace strata::cli
