// strata paych: payment channels. Their vouchers are made, checked and kept by this client; the node signs, and the
// chain redeems them. The verbs and the text of vouchers are those of Lotus. Source: lotus cli/paych.go, paychmgr;
// docs/protocol/fvm.md §8.12, docs/protocol/node.md (payment channels).
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <strata/actors/init/types.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/audit.hpp>
#include <strata/cli/evm_access.hpp>
#include <strata/cli/home.hpp>
#include <strata/cli/message_verb.hpp>
#include <strata/cli/method_verb.hpp>
#include <strata/client/node_calls.hpp>
#include <strata/client/vouchers.hpp>
#include <strata/contracts/node.hpp>

namespace strata::cli {
namespace {

using api::Json;
using client::Channel;
using client::SignedVoucher;

// Source: builtin-actors actors/init/src/lib.rs, actors/paych/src/lib.rs.
constexpr MethodNumber kExec = 2;
constexpr MethodNumber kUpdateChannelState = 2, kSettle = 3, kCollect = 4;
constexpr std::uint64_t kMaxLanes = 100'000;  // of a channel, that are read

struct PaychOptions : SendingOptions {
    std::filesystem::path records;
    std::string channel, amount, voucher, secret;
    std::string payer, payee;  // of add-funds
    std::uint64_t lane = 0;
    bool exports = false;
};

Result<client::VoucherBook> book_of(const PaychOptions& options, api::Client& node, char prefix) {
    constexpr const char* kFolder = "vouchers";
    if (!options.records.empty()) return client::VoucherBook(options.records);
    if (names_folder(options)) {
        STRATA_TRY(const auto folder, node_folder(options));
        return client::VoucherBook(folder / kFolder);
    }
    STRATA_TRY(const auto genesis, client::NodeCalls(node, prefix).genesis());
    return client::VoucherBook(cache_folder() / kFolder / genesis.to_string());
}

Result<Address> read_address(const Json& json, const char* what) {
    Address out;
    if (auto done = api::read(json, out); !done) return std::move(done).error().with_context(what);
    return out;
}

Result<Json> channel_code(api::Client& node) {
    STRATA_TRY(const auto version, node.ask("StateNetworkVersion", Json::array({Json()})));
    STRATA_TRY(const auto codes, node.ask("StateActorCodeCIDs", Json::array({version})));
    return member(codes, "paymentchannel");
}

/// A channel, and the address by which the book knows it.
struct Found {
    Address address;
    Channel channel;
};

/// Reads a channel at the head.
Result<Found> find_channel(api::Client& node, const std::string& text, char prefix) {
    STRATA_TRY(const auto named, named_address(text, prefix));
    STRATA_TRY(const auto head, node.ask("ChainHead", Json::array()));
    const Json key = member(head, "Cids");
    STRATA_TRY(const auto actor, node.ask("StateGetActor", Json::array({named, key})));
    STRATA_TRY(const auto code, channel_code(node));
    if (member(actor, "Code") != code)
        return fail(Errc::invalid_argument, named + " is not a payment channel; strata state actor shows what it is");
    Found out;
    STRATA_OK(api::read(member(head, "Height"), out.channel.epoch));
    STRATA_OK(api::read(member(actor, "Balance"), out.channel.balance));
    Cid root;
    STRATA_OK(api::read(member(actor, "Head"), root));
    contracts::NodeBlocks blocks(node);
    STRATA_TRY(const auto block, blocks.get(root));
    STRATA_TRY(out.channel.state, from_cbor<actors::paych::State>(block));
    STRATA_TRY(const auto lanes,
               actors::paych::Lanes::load(blocks, out.channel.state.lane_states, actors::paych::kLanesBitWidth));
    if (lanes.count() > kMaxLanes)
        return fail(Errc::too_large, "the channel has " + std::to_string(lanes.count()) + " lanes");
    STRATA_OK(lanes.for_each([&](std::uint64_t lane, const actors::paych::LaneState& state) -> Status {
        out.channel.lanes[lane] = state;
        return {};
    }));
    // The ID of a young channel may change in a reorganisation; vouchers name the address that cannot.
    const auto robust = node.ask("StateLookupRobustAddress", Json::array({named, key}));
    STRATA_TRY(out.address, robust ? read_address(*robust, "StateLookupRobustAddress") : parse_address(named));
    return out;
}

/// Returns the key address of a party of the channel, which signs for it.
Result<std::string> key_of(api::Client& node, const Address& party, char prefix) {
    STRATA_TRY(const auto key, node.ask("StateAccountKey", Json::array({party.to_string(prefix), Json()})));
    if (!key.is_string()) return fail(Errc::malformed, "StateAccountKey: expected an address");
    return key.get<std::string>();
}

Result<bool> has_key(api::Client& node, const std::string& address) {
    STRATA_TRY(const auto has, node.ask("WalletHas", Json::array({address})));
    return has == true;
}

Json voucher_json(const SignedVoucher& voucher, char prefix) {
    const api::Printer print(prefix);
    return {{"Channel", print(voucher.channel)},
            {"Lane", voucher.lane},
            {"Nonce", voucher.nonce},
            {"Amount", print(voucher.amount)},
            {"TimeLockMin", voucher.time_lock_min},
            {"TimeLockMax", voucher.time_lock_max},
            {"Voucher", client::voucher_text(voucher)}};
}

std::string voucher_line(const SignedVoucher& voucher, bool exports) {
    return fmt::format("lane {}  nonce {}  {}{}\n", voucher.lane, voucher.nonce, chain::exact_fil(voucher.amount),
                       exports ? "  " + client::voucher_text(voucher) : "");
}

Answer voucher_list(const std::vector<SignedVoucher>& vouchers, bool exports, char prefix, const char* none) {
    Answer out{Json::array(), {}};
    for (const auto& voucher : vouchers) {
        out.json.push_back(voucher_json(voucher, prefix));
        out.text += voucher_line(voucher, exports);
    }
    if (vouchers.empty()) out.text = none;
    return out;
}

/// Checks a voucher that the payee was given: also its signature, and that it is for this channel.
Status check(api::Client& node, const Found& found, const SignedVoucher& voucher, char prefix) {
    STRATA_OK(client::check_voucher(found.channel, voucher));
    if (voucher.channel != found.address) {
        STRATA_TRY(const auto its, node.ask("StateLookupID", Json::array({voucher.channel.to_string(prefix), Json()})));
        STRATA_TRY(const auto ours, node.ask("StateLookupID", Json::array({found.address.to_string(prefix), Json()})));
        if (its != ours)
            return fail(Errc::verification, "the voucher is for the channel " + voucher.channel.to_string(prefix) +
                                                ", expected " + found.address.to_string(prefix));
    }
    STRATA_TRY(const auto payer, key_of(node, found.channel.state.from, prefix));
    STRATA_TRY(const auto valid, node.ask("WalletVerify", Json::array({payer, to_base64(voucher.signing_bytes()),
                                                                       api::Printer(prefix)(*voucher.signature)})));
    if (valid != true) return fail(Errc::verification, "the voucher is not signed by the payer, " + payer);
    return {};
}

/// Returns a channel of the book between these two that still takes money.
Result<std::optional<Address>> open_channel(const client::VoucherBook& book, api::Client& node, char prefix,
                                            const std::string& payer, const std::string& payee) {
    STRATA_TRY(const auto all, book.channels());
    for (const auto& address : all) {
        const auto found = find_channel(node, address.to_string(prefix), prefix);
        if (!found && found.error().code() == Errc::cancelled) return found.error();
        if (!found || found->channel.state.settling_at != 0) continue;  // collected, or about to be
        STRATA_TRY(const auto from, key_of(node, found->channel.state.from, prefix));
        STRATA_TRY(const auto to, key_of(node, found->channel.state.to, prefix));
        if (from == payer && to == payee) return std::optional(address);
    }
    return std::optional<Address>{};
}

Result<Address> made_channel(const Answer& sent) {
    Bytes returned;
    STRATA_OK(api::read(member(member(sent.json, "Receipt"), "Return"), returned));
    STRATA_TRY(const auto made, from_cbor<actors::init::ExecReturn>(returned));
    return made.robust_address;
}

/// Makes a channel, or adds to the one that there is.
Result<Answer> add_funds(const PaychOptions& given, api::Client& node, char prefix) {
    if (!given.from.empty())
        return fail(Errc::invalid_argument, "FROM pays, so that --from has no meaning here; leave it out");
    auto options = given;
    options.waiting.wait = true;  // without the receipt nobody knows the channel
    STRATA_TRY(const auto payer_named, named_address(options.payer, prefix));
    STRATA_TRY(const auto payee_named, named_address(options.payee, prefix));
    STRATA_TRY(const auto payer, key_of(node, *Address::parse(payer_named), prefix));
    // The payee may be a key that has no account yet.
    const auto payee = key_of(node, *Address::parse(payee_named), prefix).value_or(payee_named);
    STRATA_TRY(const auto amount, parse_amount("AMOUNT", options.amount));
    STRATA_TRY(const auto book, book_of(options, node, prefix));
    STRATA_TRY(auto channel, open_channel(book, node, prefix, payer, payee));
    Message message;
    STRATA_TRY(message.from, parse_address(payer));
    message.value = amount;
    STRATA_OK(set_gas(message, options));
    if (channel) {
        message.to = *channel;
    } else {
        STRATA_TRY(const auto code, channel_code(node));
        actors::init::ExecParams exec;
        STRATA_OK(api::read(code, exec.code));
        STRATA_TRY(const auto to, parse_address(payee));
        exec.constructor_params = to_cbor(actors::paych::ConstructorParams{message.from, to});
        message.to = Address::id(kInitId);
        message.method = kExec;
        message.params = to_cbor(exec);
    }
    STRATA_TRY(auto out, send_message(options, node, prefix, std::move(message), "paych add-funds"));
    if (!channel) {
        STRATA_TRY(channel, made_channel(out));
        STRATA_OK(book.add(*channel));
    }
    out.json["Channel"] = channel->to_string(prefix);
    out.text += fact("channel", channel->to_string(prefix));
    return out;
}

Result<Answer> list(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto book, book_of(options, node, prefix));
    STRATA_TRY(const auto all, book.channels());
    Answer out{Json::array(), {}};
    for (const auto& channel : all) {
        out.json.push_back(channel.to_string(prefix));
        out.text += channel.to_string(prefix) + "\n";
    }
    if (all.empty()) out.text = "no channel is known here; strata paych add-funds makes one\n";
    return out;
}

Result<Answer> status(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto found, find_channel(node, options.channel, prefix));
    STRATA_TRY(const auto book, book_of(options, node, prefix));
    STRATA_TRY(const auto vouchers, book.of(found.address));
    const auto& [state, balance, lanes, epoch] = found.channel;
    STRATA_TRY(const auto from, key_of(node, state.from, prefix));
    STRATA_TRY(const auto to, key_of(node, state.to, prefix));
    const api::Printer print(prefix);
    std::string settles = "open";
    if (state.settling_at != 0)
        settles = epoch >= state.settling_at
                      ? "settled; strata paych collect pays out"
                      : fmt::format("settles at epoch {}; the head is at {}", state.settling_at, epoch);
    Answer out{{{"Channel", print(found.address)},
                {"From", from},
                {"To", to},
                {"Balance", print(balance)},
                {"Redeemed", print(state.to_send)},
                {"SettlingAt", state.settling_at},
                {"Lanes", Json::array()},
                {"Vouchers", vouchers.size()}},
               fact("channel", found.address.to_string(prefix)) + fact("payer", from) + fact("payee", to) +
                   fact("balance", chain::exact_fil(balance)) + fact("redeemed", chain::exact_fil(state.to_send)) +
                   fact("state", settles) + fact("vouchers", std::to_string(vouchers.size()) + " are kept here")};
    for (const auto& [lane, paid] : lanes) {
        out.json["Lanes"].push_back({{"Lane", lane}, {"Redeemed", print(paid.redeemed)}, {"Nonce", paid.nonce}});
        out.text += fact(fmt::format("lane {}", lane),
                         fmt::format("{} redeemed, nonce {}", chain::exact_fil(paid.redeemed), paid.nonce));
    }
    return out;
}

Result<Answer> create_voucher(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto total, parse_amount("AMOUNT", options.amount));
    STRATA_TRY(const auto found, find_channel(node, options.channel, prefix));
    STRATA_TRY(const auto payer, key_of(node, found.channel.state.from, prefix));
    STRATA_TRY(const auto book, book_of(options, node, prefix));
    SignedVoucher made;
    const auto make = [&](const std::vector<SignedVoucher>& all) -> Result<SignedVoucher> {
        STRATA_TRY(made, client::next_voucher(found.channel, all, found.address, options.lane, total));
        STRATA_TRY(const auto answer, node.ask("WalletSign", Json::array({payer, to_base64(made.signing_bytes())})));
        Signature signature;
        STRATA_OK(api::read(answer, signature));
        made.signature = std::move(signature);
        return made;
    };
    STRATA_TRY([[maybe_unused]] const bool is_new, book.add(found.address, make));
    return Answer{voucher_json(made, prefix), client::voucher_text(made) + "\n"};
}

/// The channel and the voucher that a verb names, checked.
struct Given {
    Found found;
    SignedVoucher voucher;
};
Result<Given> given_voucher(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(auto voucher, client::parse_voucher(options.voucher));
    STRATA_TRY(auto found, find_channel(node, options.channel, prefix));
    STRATA_OK(check(node, found, voucher, prefix));
    return Given{std::move(found), std::move(voucher)};
}

Result<Answer> check_voucher(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto given, given_voucher(options, node, prefix));
    return Answer{voucher_json(given.voucher, prefix),
                  "the channel would redeem it now: " + voucher_line(given.voucher, /*exports=*/false)};
}

Result<Answer> add_voucher(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto given, given_voucher(options, node, prefix));
    STRATA_TRY(const auto book, book_of(options, node, prefix));
    STRATA_TRY(const bool is_new,
               book.add(given.found.address, [&](const auto&) -> Result<SignedVoucher> { return given.voucher; }));
    return Answer{voucher_json(given.voucher, prefix),
                  (is_new ? "kept: " : "this voucher was here already: ") + voucher_line(given.voucher, false)};
}

Result<Answer> list_vouchers(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto found, find_channel(node, options.channel, prefix));
    STRATA_TRY(const auto book, book_of(options, node, prefix));
    STRATA_TRY(const auto all, book.of(found.address));
    return voucher_list(all, options.exports, prefix, "no voucher of this channel is kept here\n");
}

Result<Answer> best_spendable(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto found, find_channel(node, options.channel, prefix));
    STRATA_TRY(const auto book, book_of(options, node, prefix));
    STRATA_TRY(const auto all, book.of(found.address));
    return voucher_list(client::best_vouchers(found.channel, all), options.exports, prefix,
                        "the channel would redeem none of the vouchers that are kept here\n");
}

/// Sends a message of one of the two parties to the channel. Without --from it is the payee, if its key is in the
/// node, or else the payer.
Result<Answer> send_to_channel(const PaychOptions& options, api::Client& node, char prefix, const Found& found,
                               MethodNumber method, Bytes params, std::string_view name) {
    Message message;
    message.to = found.address;
    message.method = method;
    message.params = std::move(params);
    std::string from = options.from;
    if (from.empty()) {
        STRATA_TRY(from, key_of(node, found.channel.state.to, prefix));
        STRATA_TRY(const bool is_payee, has_key(node, from));
        if (!is_payee) {
            STRATA_TRY(from, key_of(node, found.channel.state.from, prefix));
        }
    }
    STRATA_TRY(message.from, parse_address(from));
    STRATA_OK(set_gas(message, options));
    return send_message(options, node, prefix, std::move(message), name);
}

Result<Answer> submit_voucher(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(auto given, given_voucher(options, node, prefix));
    STRATA_TRY(auto secret, parse_hex("--secret", options.secret));
    const actors::paych::UpdateChannelStateParams params{std::move(given.voucher), std::move(secret)};
    return send_to_channel(options, node, prefix, given.found, kUpdateChannelState, to_cbor(params),
                           "paych voucher submit");
}

Result<Answer> settle(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto found, find_channel(node, options.channel, prefix));
    if (const auto at = found.channel.state.settling_at; at != 0)
        return fail(Errc::verification, fmt::format("the channel is settling already, at epoch {}; the head is at {}",
                                                    at, found.channel.epoch));
    STRATA_TRY(auto out, send_to_channel(options, node, prefix, found, kSettle, {}, "paych settle"));
    out.text += fact("next", "submit the last vouchers within 12 hours, then strata paych collect " + options.channel);
    return out;
}

Result<Answer> collect(const PaychOptions& options, api::Client& node, char prefix) {
    STRATA_TRY(const auto found, find_channel(node, options.channel, prefix));
    if (const auto at = found.channel.state.settling_at; !found.channel.is_settled())
        return fail(Errc::verification,
                    at == 0
                        ? std::string("the channel is open; begin with strata paych settle " + options.channel)
                        : fmt::format("the channel settles at epoch {}; the head is at {}", at, found.channel.epoch));
    return send_to_channel(options, node, prefix, found, kCollect, {}, "paych collect");
}

using Verb = Result<Answer> (*)(const PaychOptions&, api::Client&, char);
std::pair<CLI::App*, std::shared_ptr<PaychOptions>> add(CLI::App& parent, Run& run, const char* name, const char* what,
                                                        const char* example, Verb verb, bool names_channel = true) {
    auto [added, options] =
        add_verb<PaychOptions>(parent, run, name, what, std::string("strata paych ") + example, verb);
    added->add_option("--records", options->records,
                      "where channels and vouchers are kept (default: \"vouchers\" in the folder of the node that is "
                      "asked; with --api, a folder in ~/.cache/strata/vouchers)");
    if (names_channel) added->add_option("CHANNEL", options->channel, "address of the channel")->required();
    return {added, options};
}

void add_vouchers(CLI::App& paych, Run& run) {
    auto* voucher = paych.add_subcommand("voucher", "promises of payment, which are signed outside the chain");
    voucher->require_subcommand(1);
    {
        auto [verb, options] = add(*voucher, run, "create", "sign a voucher and print it for the payee",
                                   "voucher create t2… 0.25", create_voucher);
        verb->add_option("AMOUNT", options->amount, "FIL that the lane pays in all, with earlier vouchers")->required();
        verb->add_option("--lane", options->lane, "number of the lane, each of which has a total of its own")
            ->capture_default_str();
    }
    const auto with_voucher = [&](const char* name, const char* what, const char* example, Verb does) {
        auto added = add(*voucher, run, name, what, example, does);
        added.first->add_option("VOUCHER", added.second->voucher, "as strata paych voucher create prints it")
            ->required();
        return added;
    };
    with_voucher("check", "check that the channel would redeem a voucher now", "voucher check t2… i1UC…",
                 check_voucher);
    with_voucher("add", "check a voucher and keep it", "voucher add t2… i1UC…", add_voucher);
    for (const bool best : {false, true}) {
        auto [verb, options] = add(
            *voucher, run, best ? "best-spendable" : "list",
            best ? "show the voucher of each lane that pays most now" : "list the vouchers that are kept here",
            best ? "voucher best-spendable t2… --export" : "voucher list t2…", best ? best_spendable : list_vouchers);
        verb->add_flag("--export", options->exports, "print the vouchers too");
    }
    auto [verb, options] = with_voucher("submit", "redeem a voucher: the channel owes its amount from then on",
                                        "voucher submit t2… i1UC… --wait", submit_voucher);
    verb->add_option("--secret", options->secret, "the secret that the voucher demands, in hexadecimal");
    add_sending_options(*verb, *options);
}

}  // namespace

void add_paych(CLI::App& app, Run& run) {
    auto* paych =
        app.add_subcommand("paych", "payment channels: many small payments, of which the chain sees the total");
    paych->require_subcommand(1);
    {
        auto [verb, options] =
            add(*paych, run, "add-funds", "make a channel between two addresses, or add money to the one that there is",
                "add-funds t1… t1… 5", add_funds, /*names_channel=*/false);
        verb->add_option("FROM", options->payer, "who pays; the node has the key")->required();
        verb->add_option("TO", options->payee, "who is paid")->required();
        verb->add_option("AMOUNT", options->amount, "in FIL, such as 0.25")->required();
        add_sending_options(*verb, *options);
    }
    add(*paych, run, "list", "list the channels that are known here", "list", list, /*names_channel=*/false);
    add(*paych, run, "status", "show a channel: parties, money, lanes", "status t2…", status);
    add_vouchers(*paych, run);
    for (const bool begins : {true, false}) {
        auto [verb, options] = add(*paych, run, begins ? "settle" : "collect",
                                   begins ? "begin to close a channel; vouchers are taken for 12 more hours"
                                          : "close a settled channel: the payee is paid, the rest goes back",
                                   begins ? "settle t2… --wait" : "collect t2… --wait", begins ? settle : collect);
        add_sending_options(*verb, *options);
    }
}

}  // namespace strata::cli
