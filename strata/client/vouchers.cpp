#include <strata/client/vouchers.hpp>

#include <algorithm>

#include <strata/base/files.hpp>
#include <strata/base/folder_lock.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/audit.hpp>

namespace strata::client {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxVoucher = 64 << 10;                // characters
constexpr std::uint64_t kMaxBook = std::uint64_t{16} << 20;  // bytes of the vouchers of a channel
constexpr std::uint64_t kMaxLane = INT64_MAX;                // Source: docs/protocol/fvm.md §8.12
constexpr std::string_view kEnding = ".vouchers";

Error refused(const std::string& why) {
    return fail(Errc::verification, why);
}

std::string lane_text(std::uint64_t lane) {
    return "lane " + std::to_string(lane);
}

/// Reads the lines of a channel's file, one voucher each.
Result<std::vector<SignedVoucher>> read_book(const fs::path& file) {
    const auto content = read_file(file, kMaxBook);
    if (!content && content.error().code() == Errc::not_found) return std::vector<SignedVoucher>{};
    if (!content) return content.error();
    std::vector<SignedVoucher> out;
    for (std::string_view rest = as_text(*content); !rest.empty();) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        auto voucher = parse_voucher(line);
        if (!voucher) return fail(Errc::malformed, file.string() + ": " + voucher.error().message());
        out.push_back(std::move(*voucher));
    }
    std::ranges::sort(out, {}, [](const auto& one) { return std::pair(one.lane, one.nonce); });
    return out;
}

Status write_book(const fs::path& file, const std::vector<SignedVoucher>& vouchers) {
    std::string text;
    for (const auto& voucher : vouchers) text += voucher_text(voucher) + "\n";
    return write_file(file, as_bytes(text), FileAccess::owner_only);
}

/// Returns what is promised on each lane: the highest amount of the chain or of a voucher.
std::map<std::uint64_t, TokenAmount> promised(const Channel& channel, const std::vector<SignedVoucher>& made) {
    std::map<std::uint64_t, TokenAmount> out;
    for (const auto& [lane, state] : channel.lanes) out[lane] = state.redeemed;
    for (const auto& voucher : made) out[voucher.lane] = std::max(out[voucher.lane], voucher.amount);
    return out;
}

}  // namespace

std::string voucher_text(const SignedVoucher& voucher) {
    std::string out = to_base64(to_cbor(voucher));
    while (out.ends_with('=')) out.pop_back();
    std::ranges::replace(out, '+', '-');
    std::ranges::replace(out, '/', '_');
    return out;
}

Result<SignedVoucher> parse_voucher(std::string_view text) {
    const auto refuse = [](const std::string& why) {
        return fail(Errc::invalid_argument,
                    "this is not a voucher: " + why + "; expected the text that strata paych voucher create prints");
    };
    if (text.empty() || text.size() > kMaxVoucher)
        return refuse("it has " + std::to_string(text.size()) + " characters");
    if (text.find_first_of("+/=") != std::string_view::npos) return refuse("its base64 is not the URL-safe one");
    std::string standard(text);
    std::ranges::replace(standard, '-', '+');
    std::ranges::replace(standard, '_', '/');
    standard.append((4 - standard.size() % 4) % 4, '=');
    const auto bytes = from_base64(standard);
    if (!bytes) return refuse(bytes.error().message());
    auto voucher = from_cbor<SignedVoucher>(*bytes);
    return voucher ? std::move(voucher) : refuse(voucher.error().message());
}

TokenAmount Channel::redeemed(std::uint64_t lane) const {
    const auto it = lanes.find(lane);
    return it == lanes.end() ? TokenAmount() : it->second.redeemed;
}

std::uint64_t Channel::nonce(std::uint64_t lane) const {
    const auto it = lanes.find(lane);
    return it == lanes.end() ? 0 : it->second.nonce;
}

Status check_voucher(const Channel& channel, const SignedVoucher& voucher) {
    if (channel.is_settled())
        return refused("the channel has settled at epoch " + std::to_string(channel.state.settling_at));
    if (!voucher.signature) return refused("the voucher has no signature");
    if (voucher.lane > kMaxLane) return refused(lane_text(voucher.lane) + " does not exist");
    if (voucher.amount.is_negative()) return refused("the voucher's amount is negative");
    if (channel.lanes.contains(voucher.lane) && voucher.nonce <= channel.nonce(voucher.lane))
        return refused("the voucher has the nonce " + std::to_string(voucher.nonce) + ", and " +
                       lane_text(voucher.lane) + " of the channel has come to " +
                       std::to_string(channel.nonce(voucher.lane)) + ": it was redeemed, or a later one was");
    if (channel.epoch < voucher.time_lock_min)
        return refused("the voucher cannot be redeemed before epoch " + std::to_string(voucher.time_lock_min) +
                       "; the head is at " + std::to_string(channel.epoch));
    if (voucher.time_lock_max != 0 && channel.epoch > voucher.time_lock_max)
        return refused("the voucher expired at epoch " + std::to_string(voucher.time_lock_max) + "; the head is at " +
                       std::to_string(channel.epoch));
    TokenAmount before = channel.redeemed(voucher.lane);
    for (const auto& merge : voucher.merges) {
        if (merge.lane == voucher.lane || !channel.lanes.contains(merge.lane) ||
            merge.nonce <= channel.nonce(merge.lane))
            return refused("the voucher merges " + lane_text(merge.lane) + ", which it cannot");
        before += channel.redeemed(merge.lane);
    }
    const TokenAmount sends = channel.state.to_send + voucher.amount - before;
    if (sends.is_negative()) return refused("with the voucher the channel would pay less than nothing");
    if (sends > channel.balance)
        return refused("with the voucher the channel would pay " + chain::exact_fil(sends) + ", and it has " +
                       chain::exact_fil(channel.balance));
    return {};
}

Result<SignedVoucher> next_voucher(const Channel& channel, const std::vector<SignedVoucher>& made,
                                   const Address& address, std::uint64_t lane, const TokenAmount& total) {
    if (channel.is_settled())
        return refused("the channel has settled at epoch " + std::to_string(channel.state.settling_at));
    auto lanes = promised(channel, made);
    if (total <= lanes[lane])
        return refused(lane_text(lane) + " has promised " + chain::exact_fil(lanes[lane]) +
                       " already; a voucher names the total of its lane, so expected more than that");
    lanes[lane] = total;
    TokenAmount all;
    for (const auto& [number, amount] : lanes) all += amount;
    if (all > channel.balance)
        return refused("the channel has " + chain::exact_fil(channel.balance) + ", and all lanes together promise " +
                       chain::exact_fil(all) + "; strata paych add-funds adds what is missing, " +
                       chain::exact_fil(all - channel.balance));
    SignedVoucher out;
    out.channel = address;
    out.lane = lane;
    out.nonce = channel.nonce(lane);
    for (const auto& voucher : made)
        if (voucher.lane == lane) out.nonce = std::max(out.nonce, voucher.nonce);
    ++out.nonce;
    out.amount = total;
    return out;
}

std::vector<SignedVoucher> best_vouchers(const Channel& channel, const std::vector<SignedVoucher>& all) {
    std::map<std::uint64_t, const SignedVoucher*> best;
    for (const auto& voucher : all) {
        if (!check_voucher(channel, voucher)) continue;
        auto& of_lane = best[voucher.lane];
        if (of_lane == nullptr || voucher.amount > of_lane->amount) of_lane = &voucher;
    }
    std::vector<SignedVoucher> out;
    for (const auto& [lane, voucher] : best) out.push_back(*voucher);
    return out;
}

fs::path VoucherBook::file_of(const Address& channel) const {
    return folder_ / (channel.to_string('f') + std::string(kEnding));
}

Result<std::vector<Address>> VoucherBook::channels() const {
    std::vector<Address> out;
    std::error_code error;
    for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
        auto name = at->path().filename().string();
        if (!name.ends_with(kEnding)) continue;
        name.resize(name.size() - kEnding.size());
        auto address = Address::parse(name);
        if (!address) return fail(Errc::malformed, at->path().string() + ": the name is not that of a channel");
        out.push_back(std::move(*address));
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(Errc::io, folder_.string() + ": " + error.message());
    std::ranges::sort(out);
    return out;
}

Result<std::vector<SignedVoucher>> VoucherBook::of(const Address& channel) const {
    return read_book(file_of(channel));
}

Status VoucherBook::add(const Address& channel) const {
    STRATA_TRY(const auto lock, FolderLock::take(folder_, FileAccess::owner_only));
    STRATA_TRY(const auto all, of(channel));
    return write_book(file_of(channel), all);
}

Result<bool> VoucherBook::add(
    const Address& channel, const std::function<Result<SignedVoucher>(const std::vector<SignedVoucher>&)>& make) const {
    STRATA_TRY(const auto lock, FolderLock::take(folder_, FileAccess::owner_only));
    STRATA_TRY(auto all, of(channel));
    STRATA_TRY(auto voucher, make(all));
    const auto text = voucher_text(voucher);
    for (const auto& one : all) {
        if (one.lane != voucher.lane || one.nonce != voucher.nonce) continue;
        if (voucher_text(one) == text) return false;
        return refused(lane_text(voucher.lane) + " has a different voucher with the nonce " +
                       std::to_string(voucher.nonce));
    }
    all.push_back(std::move(voucher));
    STRATA_OK(write_book(file_of(channel), all));
    return true;
}

}  // namespace strata::client
