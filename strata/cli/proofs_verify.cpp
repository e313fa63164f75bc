// strata proofs verify: checks Groth16 proofs of any origin with a verifying key that the person names.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <strata/base/files.hpp>
#include <strata/base/hex.hpp>
#include <strata/base/mapped_file.hpp>
#include <strata/cli/commands.hpp>
#include <strata/cli/terminal.hpp>
#include <strata/proofs/groth16/verifier.hpp>

namespace strata::cli {
namespace {

using nlohmann::json;

struct Options {
    std::string key, proof, inputs;
};

constexpr std::uint64_t kMaxFileSize = std::size_t{64} << 20;

Result<json> read_json(const std::string& path) {
    STRATA_TRY(const auto bytes, read_file(path, kMaxFileSize));
    auto out = json::parse(as_text(bytes), nullptr, false);
    if (out.is_discarded())
        return fail(Errc::malformed,
                    path + " is not JSON; expected public inputs, or the output of `strata proofs seal` or `post`");
    return out;
}

Result<crypto::Fr> element_of(const json& value) {
    if (!value.is_string())
        return fail(Errc::malformed,
                    "a public input is " + value.dump().substr(0, 100) + ", expected a string of hexadecimal digits");
    STRATA_TRY(const auto bytes, from_hex(value.get_ref<const std::string&>()));
    return crypto::Fr::from_bytes(bytes);
}

/// Reads the public inputs: a list of elements (one proof), a list of such lists, or an object with either as "inputs".
Result<std::vector<proofs::PublicInputs>> inputs_of(const json& given) {
    const auto& content = given.is_object() && given.contains("inputs") ? given.at("inputs") : given;
    if (!content.is_array() || content.empty())
        return fail(
            Errc::malformed,
            "the file of --inputs is neither a list of public inputs nor an object with such a list as \"inputs\"");
    std::vector<proofs::PublicInputs> out;
    const auto add = [&](const json& list) -> Status {
        if (!list.is_array())
            return fail(Errc::malformed, "--inputs mixes lists and single inputs; expected one list for each proof");
        auto& inputs = out.emplace_back();
        for (const auto& value : list) {
            STRATA_TRY(const auto element, element_of(value));
            inputs.push_back(element);
        }
        return {};
    };
    if (!content.front().is_array()) {
        STRATA_OK(add(content));
        return out;
    }
    for (const auto& list : content) STRATA_OK(add(list));
    return out;
}

/// Checks the option's form. Errors: invalid_argument if it is neither hexadecimal nor the path of a file.
Status check_proof_option(const std::string& given) {
    std::error_code error;
    if (given.empty() || std::filesystem::exists(given, error) || from_hex(given)) return {};
    return fail(Errc::invalid_argument, "--proof " + given.substr(0, 100) +
                                            ": this is neither hexadecimal digits nor the path of an existing file");
}

/// Reads the proof: hexadecimal digits, or the path of a file that has such digits or a JSON object with "proof".
Result<Bytes> proof_of(const std::string& given) {
    std::error_code error;
    if (!std::filesystem::exists(given, error)) return from_hex(given);
    STRATA_TRY(const auto file, read_file(given, kMaxFileSize));
    std::string text(as_text(file));
    const auto object = json::parse(text, nullptr, false);
    if (object.is_object() && object.contains("proof") && object.at("proof").is_string())
        return from_hex(object.at("proof").get_ref<const std::string&>());
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
    auto bytes = from_hex(text);
    if (bytes) return bytes;
    return fail(Errc::malformed, given + " has neither hexadecimal digits nor a JSON object with \"proof\"");
}

Status verify(const Options& options) {
    STRATA_TRY(const auto file, MappedFile::open(options.key));
    auto key = proofs::VerifyingKey::from_bytes(file.bytes());
    if (!key) return std::move(key).error().with_context(options.key);
    STRATA_TRY(const auto verifier, proofs::Groth16Verifier::make(std::move(*key)));
    STRATA_TRY(const auto given, read_json(options.inputs));
    STRATA_TRY(const auto inputs, inputs_of(given));
    STRATA_TRY(const auto proof, proof_of(options.proof.empty() ? options.inputs : options.proof));
    STRATA_OK(verifier.verify(proof, inputs));
    fmt::print("valid: {} proof{}\n", inputs.size(), inputs.size() == 1 ? "" : "s");
    return {};
}

Status run(const Options& options) {
    STRATA_OK(check_regular_file("--vk", options.key));
    STRATA_OK(check_regular_file("--inputs", options.inputs));
    STRATA_OK(check_proof_option(options.proof));
    auto done = verify(options);
    // The options were checked above. A key, an input or a proof that cannot be read is therefore not a wrong option,
    // although its decoder reports an invalid argument.
    if (!done && done.error().code() == Errc::invalid_argument) return fail(Errc::malformed, done.error().message());
    return done;
}

}  // namespace

void add_proofs_verify(CLI::App& proofs, Run& run_verb) {
    auto options = std::make_shared<Options>();
    auto* verb = proofs.add_subcommand("verify", "check Groth16 proofs; exit code 0 if all are valid");
    verb->add_option("--vk", options->key, "verifying key (.vk)")->required();
    verb->add_option("--inputs", options->inputs,
                     "JSON file with the public inputs of each proof, or with the output of seal or post")
        ->required();
    verb->add_option("--proof", options->proof,
                     "the proof in hexadecimal, or a file with it (default: \"proof\" in the file of --inputs)");
    verb->callback([options, &run_verb] { run_verb = [options] { return exit_code_of(run(*options)); }; });
}

}  // namespace strata::cli
