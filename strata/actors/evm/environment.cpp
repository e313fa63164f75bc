#include <strata/actors/evm/environment.hpp>

#include <strata/actors/evm/exits.hpp>
#include <strata/actors/evm/opcodes.hpp>
#include <strata/actors/evm/precompiles/precompiles.hpp>

namespace strata::actors::evm {

ActorResult<Account> account_at(System& system, const EthAddress& address) {
    using Kind = Account::Kind;
    auto& rt = system.rt();
    if (is_precompile(rt.policy(), address)) return Account{Kind::precompile};
    STRATA_TRY(const auto id, rt.resolve(eam::to_address(address)));
    if (!id) return Account{Kind::nobody};
    STRATA_TRY(const auto type, rt.type_of(*id));
    if (!type) return Account{Kind::nobody};
    switch (*type) {
        case ActorType::account:
        case ActorType::placeholder:
        case ActorType::ethaccount:
            return Account{Kind::account};
        case ActorType::evm:
            return Account{Kind::contract, *id};
        default:
            return Account{Kind::native};
    }
}

namespace {

// Asks a contract with a method that changes nothing.
template <class T>
ActorResult<T> ask_contract(System& system, ActorId contract, MethodNumber method) {
    STRATA_TRY(const auto answer,
               system.call(Address::id(contract), method, std::nullopt, 0, {.gas_limit = {}, .read_only = true}));
    if (!answer)
        return abort(ExitCode::assertion_failed,
                     "the contract f0" + std::to_string(contract) + " did not answer method " + std::to_string(method));
    return system.rt().check(decoded_block<T>(answer->codec, answer->data), ExitCode::serialization, "answer");
}

ActorResult<Bytes> bytecode_of(System& system, ActorId contract) {
    STRATA_TRY(const auto cid, bytecode_cid_of(system, contract));
    if (!cid) return Bytes{};
    auto& rt = system.rt();
    return rt.check(rt.store().get(*cid), ExitCode::illegal_state, "bytecode");
}

}  // namespace

ActorResult<std::optional<Cid>> bytecode_cid_of(System& system, ActorId contract) {
    return ask_contract<std::optional<Cid>>(system, contract, kGetBytecode);
}

ActorResult<U256> balance_of(System& system, const U256& address) {
    auto& rt = system.rt();
    STRATA_TRY(const auto id, rt.resolve(eam::to_address(address_of(address))));
    if (!id) return U256();
    auto balance = rt.kernel().balance_of(*id);
    if (balance) return U256::from_amount(*balance);
    // An error number is the kernel's answer that the actor does not exist.
    if (balance.error().kind == vm::SyscallFailure::Kind::number) return U256();
    return Runtime::abort_for(balance.error(), {}, "balance");
}

ActorResult<U256> code_size_of(System& system, const U256& address) {
    STRATA_TRY(const auto account, account_at(system, address_of(address)));
    if (account.kind == Account::Kind::native) return U256(1);
    if (account.kind != Account::Kind::contract) return U256();
    STRATA_TRY(const Bytes code, bytecode_of(system, account.id));
    return U256(code.size());
}

ActorResult<U256> code_hash_of(System& system, const U256& address) {
    STRATA_TRY(const auto account, account_at(system, address_of(address)));
    switch (account.kind) {
        case Account::Kind::native:
            return U256::from_be(kHashOfNativeCode);
        case Account::Kind::precompile:
        case Account::Kind::account:
            return U256::from_be(kHashOfNoCode);
        case Account::Kind::nobody:
            return U256();
        case Account::Kind::contract:
            break;
    }
    STRATA_TRY(const auto hash, ask_contract<Hash256>(system, account.id, kGetBytecodeHash));
    return U256::from_be(hash);
}

Done copy_code_of(System& system, Frame& frame, const U256& address, const U256& to, const U256& from,
                  const U256& size) {
    STRATA_TRY(const auto account, account_at(system, address_of(address)));
    Bytes code;
    if (account.kind == Account::Kind::contract) {
        STRATA_TRY(code, bytecode_of(system, account.id));
    } else if (account.kind == Account::Kind::native) {
        code = {static_cast<std::uint8_t>(Op::invalid)};
    }
    return frame.memory.copy_in(to, size, from, code, /*fill=*/true);
}

ActorResult<U256> block_hash(System& system, const U256& epoch) {
    constexpr ChainEpoch kWindow = 256;
    auto& rt = system.rt();
    const ChainEpoch now = rt.epoch();
    if (epoch > U256(INT64_MAX)) return U256();
    const auto asked = static_cast<ChainEpoch>(epoch.low());
    if (asked < now - kWindow || asked >= now) return U256();
    auto cid = rt.kernel().tipset_cid(asked);
    if (!cid) {
        if (cid.error().kind == vm::SyscallFailure::Kind::number) return U256();
        return Runtime::abort_for(cid.error(), {}, "tipset");
    }
    const BytesView digest = cid->digest();
    return U256::from_be(digest.first(std::min(digest.size(), U256::kBytes)));
}

ActorResult<U256> keccak(System& system, Frame& frame, const U256& offset, const U256& size) {
    STRATA_TRY(const Region region, frame.memory.region(offset, size));
    auto& rt = system.rt();
    STRATA_TRY(const Bytes digest, rt.unwrap(rt.kernel().hash(HashCode::keccak_256, frame.memory.bytes(region)),
                                             ExitCode::assertion_failed, "hash"));
    return U256::from_be(digest);
}

Done log(System& system, Frame& frame, const U256& offset, const U256& size, std::span<const U256> topics) {
    constexpr std::uint64_t kKeyAndValueIndexed = 3;
    static constexpr std::string_view kTopicKeys[] = {"t1", "t2", "t3", "t4"};
    if (system.read_only()) return read_only("LOG");
    STRATA_TRY(const Region region, frame.memory.region(offset, size));
    std::vector<vm::EventEntry> entries;
    for (std::size_t i = 0; i < topics.size(); ++i) {
        const Hash256 topic = topics[i].to_be();
        entries.push_back({kKeyAndValueIndexed, std::string(kTopicKeys[i]), Codec::raw, to_bytes(topic)});
    }
    if (region.size != 0)
        entries.push_back({kKeyAndValueIndexed, "d", Codec::raw, to_bytes(frame.memory.bytes(region))});
    auto& rt = system.rt();
    return rt.unwrap(rt.kernel().emit_event(entries), ExitCode::assertion_failed, "event");
}

Done store(System& system, const U256& key, const U256& value) {
    if (system.read_only()) return read_only("SSTORE");
    return system.set_storage(key, value);
}

Done store_transient(System& system, const U256& key, const U256& value) {
    if (system.read_only()) return read_only("TSTORE");
    return system.set_transient(key, value);
}

}  // namespace strata::actors::evm
