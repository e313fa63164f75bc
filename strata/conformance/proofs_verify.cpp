#include <strata/conformance/proofs_verify.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/proofs/groth16/snarkpack_proof.hpp>
#include <strata/proofs/params/parameter_name.hpp>
#include <strata/proofs/piece/commitment.hpp>
#include <strata/proofs/porep/seal_config.hpp>
#include <strata/proofs/verifier.hpp>

namespace strata::conformance {

namespace fs = std::filesystem;
using crypto::Fr;
using proofs::CircuitKind;
using proofs::Groth16Verifier;
using proofs::PublicInputs;

namespace {

/// Reads public inputs, each of which is hexadecimal bytes or a number.
Result<PublicInputs> inputs_of(const Json& list) {
    PublicInputs out;
    for (const auto& input : list) {
        if (input.is_number()) {
            out.push_back(Fr::from_u64(input));
            continue;
        }
        STRATA_TRY(const auto element, Fr::from_bytes(hex_of(input)));
        out.push_back(element);
    }
    return out;
}

Result<std::vector<PublicInputs>> partitions_of(const Json& lists) {
    std::vector<PublicInputs> out;
    for (const auto& list : lists) {
        STRATA_TRY(auto inputs, inputs_of(list));
        out.push_back(std::move(inputs));
    }
    return out;
}

/// Returns the folder of the verifying keys: groth16 beside the file, or the folder of the file itself.
fs::path key_folder(const fs::path& file) {
    const auto beside = file.parent_path() / "groth16";
    return fs::exists(beside) ? beside : file.parent_path();
}

Result<Groth16Verifier> verifier_from(BytesView key_file) {
    STRATA_TRY(auto key, proofs::VerifyingKey::from_bytes(key_file));
    return Groth16Verifier::make(std::move(key));
}

/// Makes a key file from the collection's form, in which every point is compressed: alpha and beta on G1, beta and
/// gamma on G2, delta on G1 and on G2, the number of input points, and these points.
Result<Bytes> expanded_key(BytesView bytes) {
    Bytes out;
    const auto point = [&](std::size_t size) -> Status {
        if (bytes.size() < size) return fail(Errc::truncated, "the compressed key ends early");
        if (size == crypto::G1Affine::kCompressed) {
            STRATA_TRY(const auto read, crypto::g1_from_compressed(bytes.first(size)));
            append(out, uncompressed(read));
        } else {
            STRATA_TRY(const auto read, crypto::g2_from_compressed(bytes.first(size)));
            append(out, uncompressed(read));
        }
        bytes = bytes.subspan(size);
        return {};
    };
    for (const std::size_t size : {48U, 48U, 96U, 96U, 48U, 96U}) STRATA_OK(point(size));  // 48 on G1, 96 on G2
    if (bytes.size() < 4) return fail(Errc::truncated, "the compressed key ends early");
    append(out, bytes.first(4));
    bytes = bytes.subspan(4);
    while (!bytes.empty()) STRATA_OK(point(48));
    return out;
}

struct Recorded {
    Bytes key;  // a .vk file
    Bytes proofs;
    std::vector<PublicInputs> inputs;
};

/// Changes the byte of the key at this offset and returns true if the proof is then refused. A key that has become
/// invalid counts as a refusal.
bool refused_with_key(const Recorded& recorded, std::size_t byte) {
    auto key = recorded.key;
    key[byte] ^= 1;
    const auto verifier = verifier_from(key);
    return !verifier || !verifier->verify(recorded.proofs, recorded.inputs);
}

/// Checks that the proof is accepted unchanged and refused with a bit changed.
Status check_good(const Recorded& recorded) {
    STRATA_TRY(const auto verifier, verifier_from(recorded.key));
    STRATA_OK(verifier.verify(recorded.proofs, recorded.inputs));
    const auto accepts = [](const char* what) {
        return fail(Errc::verification, std::string("the verifier accepts ") + what);
    };
    // A, B and C take 48, 96 and 48 bytes. First the last bit of each is changed, then the sign of A.
    for (const std::size_t at : {47U, 143U, 191U}) {
        auto proofs = recorded.proofs;
        proofs[at] ^= 1;
        if (verifier.verify(proofs, recorded.inputs)) return accepts("a changed proof");
    }
    auto other_sign = recorded.proofs;
    other_sign[0] ^= 0x20;
    if (verifier.verify(other_sign, recorded.inputs)) return accepts("the proof with the other sign of A");
    for (const std::size_t at : {std::size_t{0}, recorded.inputs.back().size() - 1}) {
        auto inputs = recorded.inputs;
        inputs.back()[at] += Fr::one();
        if (verifier.verify(recorded.proofs, inputs)) return accepts("a changed input");
    }
    // These are the last bytes of alpha and of the last input point.
    if (!refused_with_key(recorded, 95) || !refused_with_key(recorded, recorded.key.size() - 1))
        return accepts("the proof with a changed key");
    // alpha_g1 is replaced with beta_g1, a valid point of the same group.
    Recorded other = recorded;
    std::copy_n(other.key.begin() + 96, 96, other.key.begin());
    STRATA_TRY(const auto with_other, verifier_from(other.key));
    if (with_other.verify(other.proofs, other.inputs)) return accepts("the proof with a wrong alpha");
    return {};
}

void report_status(const Status& status, const std::string& name, Report& report) {
    report.expect(status.has_value(), name, status ? "" : status.error().message());
}

Result<CircuitKind> circuit_of(const Json& test) {
    if (test.contains("comm_r_new")) return CircuitKind::sector_update;
    if (test.contains("comm_c")) return CircuitKind::porep;
    return proofs::parse_circuit_kind(test.at("kind").get<std::string>());
}

Hash256 hash_of(const Json& hex) {
    const auto bytes = hex_of(hex);
    Hash256 out{};
    std::copy_n(bytes.begin(), std::min<std::size_t>(bytes.size(), 32), out.begin());
    return out;
}

/// Checks the same proof in the form that a message carries, from which the verifier derives the inputs. PoSts and
/// sizes other than 2 KiB pass unchecked.
Status check_as_sent(const Json& test, CircuitKind kind, const fs::path& folder) {
    proofs::Verifier verifier(folder);
    if (test.at("sector") != "2KiB" || kind == CircuitKind::winning_post || kind == CircuitKind::window_post) return {};
    const auto proof = hex_of(test.at("snark").at("proof"));
    if (kind == CircuitKind::sector_update) {
        ReplicaUpdateInfo info{RegisteredUpdateProof{}, proofs::replica_cid(hash_of(test.at("comm_r_old"))),
                               proofs::replica_cid(hash_of(test.at("comm_r_new"))),
                               proofs::piece_cid(hash_of(test.at("comm_d_new"))), proof};
        STRATA_OK(verifier.verify_replica_update(info));
        std::swap(info.old_sealed_cid, info.new_sealed_cid);
        if (verifier.verify_replica_update(info))
            return fail(Errc::verification, "the verifier accepts the proof with the two replicas exchanged");
        return {};
    }
    // The PoRep ID begins with the number of the seal proof.
    SealVerifyInfo info{.proof = RegisteredSealProof{hash_of(test.at("porep_id"))[0]},
                        .sector = {1, test.at("sector_number")},
                        .deal_ids = {},
                        .randomness = hex_of(test.at("ticket")),
                        .interactive_randomness = hex_of(test.at("seed")),
                        .proof_bytes = proof,
                        .sealed_cid = proofs::replica_cid(hash_of(test.at("comm_r"))),
                        .unsealed_cid = proofs::piece_cid(hash_of(test.at("comm_d")))};
    if (proofs::prover_id_of(info.sector.miner) != hash_of(test.at("prover_id")))
        return fail(Errc::unsupported, "the prover of the case is a different actor, expected actor 1");
    STRATA_OK(verifier.verify_seal(info));
    ++info.sector.number;
    if (verifier.verify_seal(info))
        return fail(Errc::verification, "the verifier accepts the proof for a wrong sector");
    return {};
}

/// Checks the recorded proof of a case with the verifying key in `folder`.
Status run_snark(const Json& test, CircuitKind kind, const fs::path& folder, Report& report, const std::string& name) {
    STRATA_TRY(const auto size, proofs::parse_sector_bytes(test.at("sector").get<std::string>()));
    STRATA_TRY(const auto key_name, proofs::parameter_name(kind, size));
    const VectorFile vk(folder / (key_name + ".vk"));
    if (vk.text().empty()) {
        report.skip(name, "the verifying key " + key_name + ".vk is not in " + folder.string());
        return {};
    }
    Recorded recorded{to_bytes(as_bytes(vk.text())), hex_of(test.at("snark").at("proof")), {}};
    STRATA_TRY(recorded.inputs, partitions_of(test.at("inputs")));
    const bool is_valid = test.at("snark").at("verdict");
    if (is_valid) {
        auto status = check_good(recorded);
        if (status) status = check_as_sent(test, kind, folder);
        report_status(status, name, report);
        return {};
    }
    STRATA_TRY(const auto verifier, verifier_from(recorded.key));
    report.expect(!verifier.verify(recorded.proofs, recorded.inputs), name, "the verifier accepts an invalid proof");
    return {};
}

Status run_negative(const Json& test, const Groth16Verifier& verifier) {
    STRATA_TRY(const auto inputs, partitions_of(test.at("inputs")));
    return verifier.verify(hex_of(test.at("proof")), inputs);
}

/// Runs negative.json: valid and invalid WindowPoSt proofs of 2 KiB sectors.
Status run_negatives(const Json& document, const fs::path& file, Report& report) {
    proofs::VerifyingKeys keys(key_folder(file));
    STRATA_TRY(const auto verifier, keys.of(CircuitKind::window_post, 2048));
    for (const auto& test : document.at("cases")) {
        const bool accepted = run_negative(test, *verifier).has_value();
        report.expect(accepted == test.at("valid").get<bool>(), test.at("name"),
                      accepted ? "the verifier accepts an invalid proof" : "the verifier refuses a valid proof");
    }
    return {};
}

Result<Recorded> recorded_porep_32gib(const Json& part) {
    Recorded out;
    STRATA_TRY(out.key, from_base64(part.at("vk_base64").get<std::string>()));
    for (const auto& proof : part.at("proofs")) {
        append(out.proofs, hex_of(proof.at("proof")));
        STRATA_TRY(auto inputs, inputs_of(proof.at("inputs")));
        out.inputs.push_back(std::move(inputs));
    }
    return out;
}

Result<Recorded> recorded_winning_32gib(const Json& part) {
    Recorded out;
    STRATA_TRY(out.key, from_base64(part.at("vk_base64").get<std::string>()));
    out.proofs = hex_of(part.at("proof"));
    STRATA_TRY(auto inputs, inputs_of(part.at("inputs")));
    out.inputs.push_back(std::move(inputs));
    return out;
}

/// Reads a proof whose inputs are 2349 records of 72 bytes: CommR (32) and ten challenged leaves (4 each).
Result<Recorded> recorded_window_32gib(const Json& part) {
    Recorded out;
    STRATA_TRY(const auto compressed, from_base64(part.at("vk_compressed_base64").get<std::string>()));
    STRATA_TRY(out.key, expanded_key(compressed));
    out.proofs = hex_of(part.at("proof"));
    STRATA_TRY(const auto packed, from_base64(part.at("inputs_base64").get<std::string>()));
    PublicInputs inputs;
    for (std::size_t at = 0; at + 72 <= packed.size(); at += 72) {
        STRATA_TRY(const auto comm_r, Fr::from_bytes(BytesView(packed).subspan(at, 32)));
        inputs.push_back(comm_r);
        for (std::size_t leaf = 0; leaf < 10; ++leaf)
            inputs.push_back(Fr::from_u64(load_le<std::uint32_t>(packed.data() + at + 32 + 4 * leaf)));
    }
    out.inputs.push_back(std::move(inputs));
    return out;
}

Result<Recorded> recorded_third_party(const Json& part) {
    Recorded out;
    STRATA_TRY(out.key, expanded_key(hex_of(part.at("vk_hex"))));
    out.proofs = hex_of(part.at("proof"));
    STRATA_TRY(auto inputs, inputs_of(part.at("derived_public_inputs")));
    out.inputs.push_back(std::move(inputs));
    return out;
}

Result<proofs::SnarkPackKey> reference_string(const Json& srs) {
    proofs::SnarkPackKey out;
    STRATA_TRY(out.g, crypto::g1_from_compressed(hex_of(srs.at("g"))));
    STRATA_TRY(out.g_alpha, crypto::g1_from_compressed(hex_of(srs.at("g_alpha"))));
    STRATA_TRY(out.g_beta, crypto::g1_from_compressed(hex_of(srs.at("g_beta"))));
    STRATA_TRY(out.h, crypto::g2_from_compressed(hex_of(srs.at("h"))));
    STRATA_TRY(out.h_alpha, crypto::g2_from_compressed(hex_of(srs.at("h_alpha"))));
    STRATA_TRY(out.h_beta, crypto::g2_from_compressed(hex_of(srs.at("h_beta"))));
    return out;
}

/// Checks the recorded verdicts under both versions of SnarkPack; a valid aggregate must be refused after any change.
Status run_aggregate(const Json& test, const Groth16Verifier& verifier) {
    STRATA_TRY(const auto reference, reference_string(test.at("srs")));
    std::vector<PublicInputs> inputs;
    for (const auto& proof : test.at("proofs")) {
        STRATA_TRY(const auto partitions, partitions_of(proof.at("inputs")));
        inputs.insert(inputs.end(), partitions.begin(), partitions.end());
    }
    auto aggregate = hex_of(test.at("aggregate"));
    auto application = hex_of(test.at("app"));
    const bool first = test.at("version") == "V1";
    const auto own = first ? proofs::SnarkPackVersion::v1 : proofs::SnarkPackVersion::v2;
    const auto other = first ? proofs::SnarkPackVersion::v2 : proofs::SnarkPackVersion::v1;
    const auto verify = [&](proofs::SnarkPackVersion version) {
        return proofs::verify_aggregate(reference, verifier, inputs, application, aggregate, version);
    };
    const auto accepts = [](const char* what) {
        return fail(Errc::verification, std::string("the verifier accepts the aggregate with ") + what);
    };
    if (!test.at("valid").get<bool>()) return verify(own) ? accepts("a recorded fault") : Status{};
    STRATA_OK(verify(own));
    if (verify(other).has_value() != test.at("verdict_under_the_other_version").at("valid").get<bool>())
        return fail(Errc::verification, "the verdict under the other version differs from the recorded one");
    application.push_back(0);
    if (verify(own)) return accepts("different application bytes");
    application.pop_back();
    inputs.back().front() += Fr::one();
    if (verify(own)) return accepts("a changed input");
    inputs.back().front() -= Fr::one();
    // In each part of the aggregate an element is exchanged with the next one, of the same group: two pairs at the
    // front are of the target group (288 bytes an element), then one pair of G2 (96) and one of G1 (48) are at the end.
    const std::size_t end = aggregate.size();
    const std::pair<std::size_t, std::size_t> pairs[] = {{0, 288}, {576, 288}, {end - 288, 96}, {end - 96, 48}};
    for (const auto& [at, size] : pairs) {
        auto kept = aggregate;
        std::swap_ranges(aggregate.begin() + static_cast<std::ptrdiff_t>(at),
                         aggregate.begin() + static_cast<std::ptrdiff_t>(at + size),
                         aggregate.begin() + static_cast<std::ptrdiff_t>(at + size));
        // With two proofs the polynomial of v is linear, so that both of its openings are the same point.
        if (aggregate != kept && verify(own)) return accepts("exchanged elements");
        aggregate = std::move(kept);
    }
    aggregate.push_back(0);
    if (verify(own)) return accepts("an additional byte");
    return {};
}

/// Runs snarkpack.json: aggregates of WindowPoSt proofs of 2 KiB sectors.
Status run_aggregates(const Json& document, const fs::path& file, Report& report) {
    proofs::VerifyingKeys keys(key_folder(file));
    STRATA_TRY(const auto verifier, keys.of(CircuitKind::window_post, 2048));
    for (const auto& test : document.at("cases"))
        report_status(run_aggregate(test, *verifier), test.value("command", std::string("?")), report);
    return {};
}

/// Parses an aggregate of 512 proofs, which was published without its key and inputs.
void run_parse_sample(const Json& part, Report& report) {
    const auto bytes = from_base64(part.at("base64").get<std::string>());
    const auto proof =
        bytes ? proofs::SnarkPackProof::from_bytes(*bytes) : Result<proofs::SnarkPackProof>(bytes.error());
    report.expect(proof.has_value() && proof->count == 512, "a published aggregate is read",
                  proof ? "the aggregate has " + std::to_string(proof->count) + " proofs, expected 512"
                        : proof.error().message());
}

class VerifySuite final : public Suite {
  public:
    std::string_view name() const override { return "proofs_verify"; }
    bool recognises(const VectorFile& file) const override {
        if (file.extension() != ".json" || !file.text().contains("\"valid\"")) return false;
        const Json document = parse_json(file);
        return document.is_object() && (is_negative(document) || is_aggregate(document));
    }
    void run(const VectorFile& file, Report& report) const override {
        try {
            const Json document = parse_json(file);
            const auto status = is_aggregate(document) ? run_aggregates(document, file.path(), report)
                                                       : run_negatives(document, file.path(), report);
            if (!status) report.fail("key", status.error().message());
        } catch (const Json::exception& error) {
            report.fail(file.name(), error.what());
        }
    }

  private:
    static const Json* first_case(const Json& document) {
        const auto cases = document.find("cases");
        return cases != document.end() && cases->is_array() && !cases->empty() ? &cases->front() : nullptr;
    }
    static bool is_negative(const Json& document) {
        const auto* test = first_case(document);
        return test != nullptr && test->contains("valid") && test->contains("proof") && test->contains("inputs");
    }
    static bool is_aggregate(const Json& document) {
        const auto* test = first_case(document);
        return test != nullptr && test->contains("aggregate") && test->contains("valid");
    }
};

}  // namespace

const Suite& proofs_verify() {
    static const VerifySuite suite;
    return suite;
}

void run_snark_case(const Json& test, const fs::path& file, const std::string& name, Report& report) {
    const auto run = [&]() -> Status {
        STRATA_TRY(const auto kind, circuit_of(test));
        return run_snark(test, kind, key_folder(file), report, name + ": proof");
    };
    if (const auto status = run(); !status) report.fail(name + ": proof", status.error().message());
}

void run_collected_proofs(const Json& document, Report& report) {
    const std::pair<const char*, Result<Recorded> (*)(const Json&)> good[] = {
        {"groth16_porep_32gib_v27", recorded_porep_32gib},
        {"groth16_winning_32gib_v27", recorded_winning_32gib},
        {"groth16_window_32gib_v27", recorded_window_32gib},
        {"groth16_porep_2kib_third_party", recorded_third_party},
        {"groth16_window_2kib_third_party", recorded_third_party}};
    for (const auto& [name, read] : good) {
        const auto recorded = read(document.at(name));
        report_status(recorded ? check_good(*recorded) : Status(recorded.error()), std::string(name) + ": proof",
                      report);
    }
    for (const auto* name : {"seal_regression_v28", "window_post_32gib_v28_calibration"})
        report.skip(std::string(name) + ": proof", "mainnet's v28 verifying keys are not among the vectors");
    run_parse_sample(document.at("snarkpack_aggregate_parse_sample"), report);
}

}  // namespace strata::conformance
