#include <strata/conformance/messages.hpp>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/base/unpack.hpp>
#include <strata/conformance/recorded_externs.hpp>
#include <strata/conformance/recorded_proofs.hpp>
#include <strata/ipld/car.hpp>
#include <strata/vm/executor.hpp>
#include <strata/vm/generation.hpp>

namespace strata::conformance {
namespace {

// The bundles of mainnet, by the version of their actors (docs/protocol/fvm.md §2.5).
struct KnownBundle {
    unsigned actors;
    const char* root;
};
constexpr KnownBundle kBundles[] = {
    {9, "bafy2bzaceb6j6666h36xnhksu3ww4kxb6e25niayfgkdnifaqi6m6ooc66i6i"},
    {10, "bafy2bzacecsuyf7mmvrhkx2evng5gnz5canlnz2fdlzu2lvcgptiq2pzuovos"},
};

// Returns the root of the bundle that a network version runs.
Result<Cid> bundle_of(NetworkVersion version) {
    if (version < vm::kFirstNetworkVersion)
        return fail(Errc::unsupported, "the vector is of network version " + std::to_string(version) +
                                           ", expected at least " + std::to_string(vm::kFirstNetworkVersion) +
                                           ", the first one with WASM actors");
    const unsigned actors = vm::actors_version_of(version);
    const auto* const found = std::ranges::find(kBundles, actors, &KnownBundle::actors);
    if (found == std::end(kBundles))
        return fail(Errc::unsupported, "the vector is of network version " + std::to_string(version) +
                                           ", and no bundle of actors of version " + std::to_string(actors) +
                                           " is known here");
    return Cid::constant(found->root);
}

// A signed message of this protocol is billed with its signature, which the vectors leave out.
constexpr std::size_t kSecpSignatureLength = 69;

// Every proof is good, but the one that is disputed (docs/protocol/fvm.md §7.2).
class MessageProofs final : public vm::ProofVerifier {
  public:
    explicit MessageProofs(bool posts_are_good) : posts_are_good_(posts_are_good) {}
    Result<bool> verify_seal(const SealVerifyInfo&) override { return true; }
    Result<bool> verify_post(const WindowPoStVerifyInfo&) override { return posts_are_good_; }
    Result<bool> verify_aggregate_seals(const AggregateSealVerifyProofs&) override { return true; }
    Result<bool> verify_replica_update(const ReplicaUpdateInfo&) override { return true; }
    Result<Cid> unsealed_sector_cid(RegisteredSealProof proof, std::span<const PieceInfo> pieces) override {
        return computed_.unsealed_sector_cid(proof, pieces);
    }

  private:
    RecordedProofs computed_;
    bool posts_are_good_;
};

constexpr std::size_t kDigitsOfI64 = 18;  // a number with this many digits always fits

// Puts quotes around whole numbers that may be longer than 64 bits, since the JSON reader would round them.
std::string with_long_numbers_quoted(std::string_view json) {
    std::string out;
    bool in_text = false;
    for (std::size_t at = 0; at < json.size();) {
        const char letter = json[at];
        const auto digits = std::min(json.find_first_not_of("0123456789", at), json.size()) - at;
        if (!in_text && digits > kDigitsOfI64) {
            out.append("\"").append(json.substr(at, digits)).append("\"");
            at += digits;
            continue;
        }
        const std::size_t taken = std::max<std::size_t>(in_text && letter == '\\' ? 2 : 1, in_text ? 1 : digits);
        if (letter == '"') in_text = !in_text;
        out.append(json.substr(at, taken));
        at += taken;
    }
    return out;
}

// Returns a number of any size, written as a number or as a text.
BigInt number_at(const Json& object, const char* key, const char* otherwise) {
    if (!object.contains(key)) return BigInt::constant(otherwise);
    const auto& value = object.at(key);
    const auto number = BigInt::parse(value.is_string() ? value.get<std::string>() : value.dump());
    return number ? *number : BigInt(-1);
}

Status load(const Json& vector, Blockstore& store) {
    STRATA_TRY(const auto packed, from_base64(text_at(vector, "car")));
    STRATA_TRY(const auto car, unpack(std::string(as_text(packed))));
    STRATA_TRY(const auto header, load_car(as_bytes(car), store));
    return {};
}

// Returns what differs; empty if the receipt is the recorded one.
std::string difference(const Json& expect, const Receipt& receipt, const std::string& failure) {
    const std::string why = failure.empty() ? "" : " (" + failure + ")";
    if (number_at(expect, "exit_code", "0") != BigInt(std::uint64_t{receipt.exit_code}))
        return "the exit code is " + std::to_string(receipt.exit_code) + ", expected " + expect.at("exit_code").dump() +
               why;
    if (text_at(expect, "return") != to_base64(receipt.return_data))
        return "the return value in base64 is " + to_base64(receipt.return_data) + ", expected " +
               text_at(expect, "return") + why;
    if (number_at(expect, "gas_used", "0") != BigInt(receipt.gas_used))
        return "the gas used is " + std::to_string(receipt.gas_used) + ", expected " + expect.at("gas_used").dump() +
               why;
    return "";
}

// Applies the messages and compares each receipt; the state root last. Errors: this vector cannot be run.
Status run(const Json& vector, const std::string& name, vm::Executor& executor, Report& report,
           std::chrono::nanoseconds& took) {
    const auto& receipts = vector.at("postconditions").at("receipts");
    std::size_t index = 0;
    for (const auto& row : vector.at("apply_messages")) {
        STRATA_TRY(const auto raw, from_base64(text_at(row, "bytes")));
        STRATA_TRY(const auto message, from_cbor<Message>(raw));
        const bool is_secp = message.from.protocol() == Address::Protocol::secp256k1;
        const auto start = std::chrono::steady_clock::now();
        STRATA_TRY(const auto applied, executor.apply(message, vm::ApplyKind::explicit_message,
                                                      raw.size() + (is_secp ? kSecpSignatureLength : 0)));
        took += std::chrono::steady_clock::now() - start;
        const auto wrong = difference(receipts.at(index), applied.receipt, applied.failure);
        if (!wrong.empty()) {
            report.fail(name, wrong);
            return {};
        }
        ++index;
    }
    STRATA_TRY(const Cid root, executor.flush());
    const Cid expected = link_at(vector.at("postconditions").at("state_tree").at("root_cid"));
    report.expect(root == expected, name,
                  "the state root is " + root.to_string() + ", expected " + expected.to_string());
    return {};
}

Status open_and_run(const Json& vector, const std::string& name, WasmVectors& wasm, Report& report,
                    std::chrono::nanoseconds& took) {
    const auto& variant = vector.at("preconditions").at("variants").at(0);
    const auto version = variant.at("nv").get<NetworkVersion>();
    STRATA_TRY(const Cid bundle, bundle_of(version));
    auto actors = wasm.actors(bundle);
    if (!actors)
        return std::move(actors).error().with_context("network version " + std::to_string(version) +
                                                      " needs builtin-actors-mainnet.car of v" +
                                                      std::to_string(vm::actors_version_of(version)));
    MemoryBlockstore store;
    STRATA_OK(load(vector, store));
    // The state names the manifest's data, which only the bundle has.
    STRATA_OK(wasm.put_manifest(bundle, store));
    const ChainEpoch epoch = variant.at("epoch");
    RecordedExterns externs(vector.value("randomness", Json::array()));
    MessageProofs proofs(!name.contains("DisputeWindowedPoSt-Ok"));
    const vm::MachineConfig config{
        .network = {.epoch = epoch,
                    .timestamp = static_cast<std::uint64_t>(epoch) * 30,
                    .base_fee = number_at(vector.at("preconditions"), "basefee", "100"),
                    .chain_id = 0,
                    .network_version = version},
        .circulating_supply = number_at(vector.at("preconditions"), "circ_supply", "2000000000000000000000000000"),
        .enforce_gas = true};
    STRATA_TRY(const auto executor,
               vm::Executor::open(store, link_at(vector.at("preconditions").at("state_tree").at("root_cid")), config,
                                  {externs, proofs, **actors}));
    return run(vector, name, *executor, report, took);
}

}  // namespace

bool is_message_vector(const VectorFile& file) {
    const auto head = std::string_view(file.text()).substr(0, 4096);
    return head.contains("\"class\": \"message\"") || head.contains("\"class\":\"message\"");
}

void run_message_vector(const VectorFile& file, Report& report, WasmVectors& wasm, std::chrono::nanoseconds* took) {
    const Json vector = Json::parse(with_long_numbers_quoted(file.text()), nullptr, false);
    if (!vector.is_object()) return report.fail("file", "damaged: this is not JSON");
    const std::string name = std::filesystem::path(file.name()).stem();
    std::chrono::nanoseconds unused{};
    try {
        if (const auto ran = open_and_run(vector, name, wasm, report, took != nullptr ? *took : unused); !ran)
            report.fail(name, ran.error().message());
    } catch (const Json::exception& error) {
        report.fail(name, std::string("damaged: ") + error.what());
    }
}

}  // namespace strata::conformance
