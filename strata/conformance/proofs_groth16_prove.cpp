#include <strata/conformance/proofs_groth16_prove.hpp>

#include <charconv>
#include <nlohmann/json.hpp>

#include <strata/conformance/sealing_world.hpp>
#include <strata/proofs/circuit/circuits.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/groth16/setup.hpp>

namespace strata::conformance {

namespace fs = std::filesystem;
using crypto::Fr;
using proofs::Variable;

namespace {

// Keys with more points of type h than this take more than half a minute and run only with --slow.
constexpr std::size_t kQuickPoints = 200'000;

Result<Fr> field_element(const Json& hex) {
    return Fr::from_bytes(hex_of(hex));
}

Result<proofs::SetupSecrets> secrets_of(const Json& key) {
    proofs::SetupSecrets out;
    STRATA_TRY(out.g1, crypto::g1_from_uncompressed(hex_of(key.at("g1"))));
    STRATA_TRY(out.g2, crypto::g2_from_uncompressed(hex_of(key.at("g2"))));
    STRATA_TRY(out.alpha, field_element(key.at("alpha")));
    STRATA_TRY(out.beta, field_element(key.at("beta")));
    STRATA_TRY(out.gamma, field_element(key.at("gamma")));
    STRATA_TRY(out.delta, field_element(key.at("delta")));
    STRATA_TRY(out.tau, field_element(key.at("tau")));
    return out;
}

/// Reads the circuit of tiny.json from its printed rows: "2 A[5*I0 1*A0] B[] C[-1*I1] # name". I is an input, A an
/// auxiliary variable.
class PrintedCircuit {
  public:
    PrintedCircuit() { out_.coefficients.push_back(Fr::one()); }

    Status row(std::string_view text) {
        STRATA_OK(push(text, 'A', out_.a));
        STRATA_OK(push(text, 'B', out_.b));
        STRATA_OK(push(text, 'C', out_.c));
        ++out_.rows;
        return {};
    }
    proofs::R1cs take() { return std::move(out_); }

  private:
    Status push(std::string_view text, char name, proofs::SparseMatrix& matrix) {
        const auto begin = text.find(std::string{name, '['});
        const auto end = text.find(']', begin);
        if (begin == std::string_view::npos || end == std::string_view::npos)
            return fail(Errc::malformed, "the row '" + std::string(text) + "' has no list " + name + "[...]");
        std::vector<proofs::Term> row;
        for (auto rest = text.substr(begin + 2, end - begin - 2); !rest.empty();) {
            const auto space = std::min(rest.find(' '), rest.size());
            STRATA_TRY(const auto one, term(rest.substr(0, space)));
            row.push_back(one);
            rest.remove_prefix(std::min(space + 1, rest.size()));
        }
        matrix.push_row(row);
        return {};
    }

    Result<proofs::Term> term(std::string_view text) {
        std::int64_t coefficient = 0;
        std::uint32_t index = 0;
        const auto* end = text.data() + text.size();
        const auto* begin = text.data();
        const auto star = std::from_chars(begin, end, coefficient);
        if (star.ec != std::errc{} || end - star.ptr < 3 || *star.ptr != '*')
            return fail(Errc::malformed, "the term '" + std::string(text) + "' is not a number, '*' and a variable");
        if (std::from_chars(star.ptr + 2, end, index).ec != std::errc{})
            return fail(Errc::malformed, "the variable in the term '" + std::string(text) + "' has no number");
        const bool aux = star.ptr[1] == 'A';
        auto& count = aux ? out_.aux : out_.inputs;
        count = std::max<std::size_t>(count, index + 1);
        return proofs::Term{aux ? Variable::aux(index) : Variable::input(index), id(coefficient)};
    }

    // The ids of 1 and -1 are fixed (circuit/variable.hpp); every other coefficient gets a new entry after that of -1.
    proofs::CoefficientId id(std::int64_t value) {
        if (value == 1) return proofs::kPlus;
        if (value == -1) return proofs::kMinus;
        const Fr size = Fr::from_u64(static_cast<std::uint64_t>(std::abs(value)));
        out_.coefficients.resize(std::max<std::size_t>(out_.coefficients.size(), proofs::kMinus + 1));
        out_.coefficients[proofs::kMinus] = -Fr::one();
        out_.coefficients.push_back(value < 0 ? -size : size);
        return static_cast<proofs::CoefficientId>(out_.coefficients.size() - 1);
    }

    proofs::R1cs out_;
};

Result<std::shared_ptr<const proofs::R1cs>> tiny_circuit(const Json& document) {
    PrintedCircuit printed;
    for (const auto& row : document.at("rows")) STRATA_OK(printed.row(row.get<std::string>()));
    return std::make_shared<const proofs::R1cs>(printed.take());
}

Json tiny_document(const fs::path& beside) {
    return parse_json(VectorFile(beside.parent_path() / "tiny.json"));
}

Result<std::shared_ptr<const proofs::R1cs>> circuit_of(const Json& key, const fs::path& keys_json) {
    const auto name = key.at("circuit").get<std::string>();
    if (name == "tiny") return tiny_circuit(tiny_document(keys_json));
    STRATA_TRY(const auto kind, proofs::parse_circuit_kind(name));
    STRATA_TRY(const auto size, proofs::parse_sector_bytes(key.at("sector").get<std::string>()));
    STRATA_TRY(const auto circuit, proofs::blank_circuit(kind, size));
    return std::make_shared<const proofs::R1cs>(circuit.compile());
}

Result<fs::path> make_recorded_key(const Json& key, const fs::path& folder, const proofs::R1cs& circuit) {
    STRATA_TRY(const auto secrets, secrets_of(key));
    auto path = folder / key.at("params_file").get<std::string>();
    STRATA_OK(proofs::make_key(circuit, secrets, path));
    return path;
}

Status run_key(const Json& key, const fs::path& keys_json, Comparison& with) {
    const WorkFolder work;
    STRATA_TRY(const auto circuit, circuit_of(key, keys_json));
    STRATA_TRY(const auto path, make_recorded_key(key, work.path(), *circuit));
    with.field("params_bytes", fs::file_size(path));
    STRATA_TRY(const auto digest, file_sha256(path));
    with.field("params_sha256", digest);
    STRATA_TRY(auto opened, proofs::ProvingKey::open(path));
    with.field("points", {{"ic", opened.verifying.ic.size()},
                          {"h", opened.h.size()},
                          {"l", opened.l.size()},
                          {"a", opened.a.size()},
                          {"b_g1", opened.b_g1.size()},
                          {"b_g2", opened.b_g2.size()}});
    // The verifying keys are in the same folder.
    const VectorFile vk(keys_json.parent_path() / key.at("vk_file").get<std::string>());
    if (!vk.text().empty()) with.equal("vk", opened.verifying.to_bytes() == to_bytes(as_bytes(vk.text())), true);
    return {};
}

/// Returns the witness of the rows of tiny.json: out = x + x^3 + 5 and z = 7·bit·out. The second input, w, equals z.
Result<proofs::Assignment> tiny_witness(const Json& test) {
    STRATA_TRY(const auto x, field_element(test.at("x")));
    const Fr bit = test.at("bit").get<bool>() ? Fr::one() : Fr();
    const Fr square = x * x, cube = square * x, out = x + cube + Fr::from_u64(5);
    const Fr z = Fr::from_u64(7) * bit * out;
    return proofs::Assignment{{Fr::one(), out, z}, {x, square, cube, bit, z}};
}

/// Proves the cases of tiny.json with the recorded key, r and s, and compares the bytes of the proofs.
Status run_tiny(const Json& document, const fs::path& path, Report& report) {
    STRATA_TRY(const auto circuit, tiny_circuit(document));
    STRATA_TRY(auto key, proofs::ProvingKey::open(path.parent_path() / "tiny.params"));
    STRATA_TRY(const auto prover, proofs::Groth16Prover::make(std::move(key), circuit));
    for (const auto& test : document.at("cases")) {
        const auto name = test.at("command").get<std::string>();
        STRATA_TRY(const auto witness, tiny_witness(test));
        for (std::size_t i = 0; i < test.at("inputs").at(0).size(); ++i)
            report.expect(witness.inputs.at(i + 1).to_hex() == test.at("inputs").at(0).at(i).get<std::string>(),
                          name + ": input");
        const auto status = check_snark(prover, std::span(&witness, 1), test.at("snark"));
        report.expect(status.has_value(), name, status ? "" : status.error().message());
    }
    return {};
}

class ProveSuite final : public Suite {
  public:
    std::string_view name() const override { return "proofs_groth16_prove"; }
    bool recognises(const VectorFile& file) const override {
        if (file.extension() != ".json" || !file.text().contains("oracle/proofs")) return false;
        const Json document = parse_json(file);
        return document.is_object() && (is_keys(document) || is_tiny(document));
    }
    void run(const VectorFile& file, Report& report) const override {
        const Json document = parse_json(file);
        if (is_tiny(document)) {
            if (const auto status = run_tiny(document, file.path(), report); !status)
                report.fail("tiny", status.error().message());
            return;
        }
        for (const auto& key : document.at("keys")) {
            const auto name = key.value("command", std::string("?"));
            if (key.at("points").at("h") > kQuickPoints && !report.slow()) {
                report.skip(name, "the key is large; --slow runs the case");
                continue;
            }
            Comparison with(key, name, report);
            if (const auto status = run_key(key, file.path(), with); !status)
                report.fail(name, status.error().message());
        }
    }

  private:
    static bool is_keys(const Json& document) {
        const auto keys = document.find("keys");
        return keys != document.end() && keys->is_array() && !keys->empty() && keys->at(0).contains("tau");
    }
    static bool is_tiny(const Json& document) {
        return document.contains("rows") && document.contains("cases") && document.at("cases").is_array() &&
               !document.at("cases").empty() && document.at("cases").at(0).contains("bit");
    }
};

}  // namespace

const Suite& proofs_groth16_prove() {
    static const ProveSuite suite;
    return suite;
}

Result<Json> recorded_key(const fs::path& keys_json, std::string_view circuit, std::string_view sector) {
    const Json document = parse_json(VectorFile(keys_json));
    if (!document.is_object()) return fail(Errc::not_found, keys_json.string() + " does not exist, or is not JSON");
    for (const auto& key : document.at("keys"))
        if (key.at("circuit").get<std::string>() == circuit && key.value("sector", std::string()) == sector) return key;
    return fail(Errc::not_found, keys_json.string() + " has no key of the circuit " + std::string(circuit) + " for " +
                                     std::string(sector));
}

Result<proofs::Groth16Prover> prover_of(const Json& key, const fs::path& folder,
                                        std::shared_ptr<const proofs::R1cs> circuit) {
    STRATA_TRY(const auto path, make_recorded_key(key, folder, *circuit));
    STRATA_TRY(auto opened, proofs::ProvingKey::open(path));
    return proofs::Groth16Prover::make(std::move(opened), std::move(circuit));
}

Status check_snark(const proofs::Groth16Prover& prover, std::span<const proofs::Assignment> witnesses,
                   const Json& snark) {
    const auto wanted = hex_of(snark.at("proof"));
    if (wanted.size() != witnesses.size() * proofs::Proof::kSize || snark.at("r").size() != witnesses.size() ||
        snark.at("s").size() != witnesses.size())
        return fail(Errc::malformed, "the record has " + std::to_string(wanted.size()) + " bytes of proofs, expected " +
                                         std::to_string(witnesses.size() * proofs::Proof::kSize) +
                                         ", and an r and an s, for " + std::to_string(witnesses.size()) + " witnesses");
    for (std::size_t k = 0; k < witnesses.size(); ++k) {
        STRATA_TRY(const auto r, field_element(snark.at("r").at(k)));
        STRATA_TRY(const auto s, field_element(snark.at("s").at(k)));
        STRATA_TRY(const auto proof, prover.prove(witnesses[k], r, s));
        if (!equal(proof.to_bytes(), BytesView(wanted).subspan(k * proofs::Proof::kSize, proofs::Proof::kSize)))
            return fail(Errc::verification, "proof " + std::to_string(k) + " differs from the recorded one");
    }
    return {};
}

void compare_snark(const Json& test, proofs::CircuitKind kind, std::shared_ptr<const proofs::R1cs> circuit,
                   std::span<const proofs::Assignment> witnesses, const fs::path& file, bool slow, Comparison& with) {
    if (!test.contains("snark")) return;
    auto keys = packed_or_plain(file.parent_path() / "keys.json");
    if (!fs::exists(keys)) keys = file.parent_path() / "groth16" / "keys.json";
    const auto key = recorded_key(keys, proofs::circuit_kind_name(kind), test.at("sector").get<std::string>());
    if (!key || (key->at("points").at("h") > kQuickPoints && !slow)) return;
    const auto check = [&]() -> Status {
        const WorkFolder work;
        STRATA_TRY(const auto prover, prover_of(*key, work.path(), circuit));
        return check_snark(prover, witnesses, test.at("snark"));
    };
    with.passes("proof bytes", check());
}

}  // namespace strata::conformance
