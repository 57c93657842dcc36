// What TeX's commands stand for (The TeXbook, appendix F; amsmath and amssymb, User's Guide).

/// The meaning of a command.
enum MathCommand: Sendable {
  /// A letter or another sign that stands for itself.
  case symbol(String)
  /// A sign that belongs to what follows it.
  case prefix(String)
  case binary(String)
  case relation(String)
  /// A sum, an integral, a union over many.
  case operation(String)
  /// The name of a function.
  case word(String)
  /// A mark on a letter; the name it has where there is no letter for it to stand on.
  case accent(Unicode.Scalar, onEach: Bool)
  case alphabet(MathScripts.Alphabet)
  /// Its argument as text.
  case text
  /// Its argument as it is.
  case argument
  /// Its argument as the name of a function.
  case operatorName
  case fraction
  case root
  case binomial
  /// Two arguments, the first above or below the second.
  case stacked(isAbove: Bool)
  /// An arrow with its argument above.
  case arrow(String)
  case modulus
  case tag
  case not
  /// Nothing, and nothing of its argument.
  case dropped(arguments: Int)
  /// Brackets of some size: the sign that follows, `.` for none.
  case delimiter
  case space
  case over, choose
}

/// The commands by name.
enum MathSymbols {
  static func command(_ name: String) -> MathCommand? { commands[name] }

  /// A relation crossed out; `nil` if Unicode has none in one character.
  static func crossed(_ sign: Unicode.Scalar) -> Unicode.Scalar? { negated[sign] }

  private static let negated: [Unicode.Scalar: Unicode.Scalar] = [
    "=": "≠", "<": "≮", ">": "≯", "≤": "≰", "≥": "≱", "∈": "∉", "∋": "∌", "⊂": "⊄", "⊃": "⊅", "⊆": "⊈", "⊇": "⊉",
    "≡": "≢", "∼": "≁", "≈": "≉", "≅": "≇", "∃": "∄", "∣": "∤", "|": "∤", "∥": "∦", "⊢": "⊬", "⊨": "⊭", "→": "↛",
    "←": "↚",
    "⇒": "⇏", "⇔": "⇎",
  ]

  private static let commands: [String: MathCommand] = {
    var table: [String: MathCommand] = [:]
    func add(_ list: String, _ make: (String) -> MathCommand) {
      let words = list.split(separator: " ")
      for index in stride(from: 0, to: words.count - 1, by: 2) {
        table[String(words[index])] = make(String(words[index + 1]))
      }
    }
    func add(_ names: String, _ command: MathCommand) {
      for name in names.split(separator: " ") { table[String(name)] = command }
    }
    add(symbols, MathCommand.symbol)
    add(prefixes, MathCommand.prefix)
    add(binaries, MathCommand.binary)
    add(relations, MathCommand.relation)
    add(operations, MathCommand.operation)
    for name in functions.split(separator: " ") { table[String(name)] = .word(String(name)) }
    add("limsup lim\u{A0}sup liminf lim\u{A0}inf injlim inj\u{A0}lim projlim proj\u{A0}lim") {
      .word($0.split(separator: "\u{A0}").joined(separator: " "))
    }
    for (names, mark) in marks { add(names, .accent(mark, onEach: false)) }
    for (names, mark) in lines { add(names, .accent(mark, onEach: true)) }
    add("mathbb Bbb bbold", .alphabet(.doubleStruck))
    add("mathcal mathscr cal", .alphabet(.script))
    add("mathfrak frak", .alphabet(.fraktur))
    add("mathbf boldsymbol bm pmb symbf bold", .alphabet(.bold))
    add("text textrm textbf textit texttt textsf textnormal textup mbox hbox emph", .text)
    add("mathrm mathit mathsf mathtt mathnormal rm it sf tt", .argument)
    add("boxed fbox underbrace overbrace smash mathop mathbin mathrel mathord mathopen mathclose mathpunct", .argument)
    add("mathstrut ensuremath substack displaylines cancel bcancel xcancel", .argument)
    add("operatorname operatorname* DeclareMathOperator", .operatorName)
    add("frac dfrac tfrac cfrac nicefrac sfrac", .fraction)
    add("sqrt", .root)
    add("binom dbinom tbinom", .binomial)
    add("overset stackrel", .stacked(isAbove: true))
    add("underset", .stacked(isAbove: false))
    add("xrightarrow →  xleftarrow ← xleftrightarrow ↔ xRightarrow ⇒ xLeftarrow ⇐ xmapsto ↦", MathCommand.arrow)
    add("pmod pod", .modulus)
    add("tag tag*", .tag)
    add("not", .not)
    add(
      "color label hspace hspace* vspace phantom hphantom vphantom mathchoice ref eqref cline", .dropped(arguments: 1))
    add(
      "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag hline relax",
      .dropped(arguments: 0))
    add(
      "left right middle big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr Biggm",
      .delimiter)
    add("bf strut hfill hfil centering allowbreak nobreak ! allowdisplaybreaks", .dropped(arguments: 0))
    add("textcolor colorbox", .dropped(arguments: 1))
    add(", ; : > quad qquad enspace thinspace medspace thickspace space enskip", .space)
    add("over", .over)
    add("choose", .choose)
    return table
  }()

  private static let symbols = #"""
    alpha α beta β gamma γ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ varkappa ϰ \#
    lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ \#
    psi ψ omega ω digamma ϝ Gamma Γ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω Alpha Α \#
    Beta Β Epsilon Ε Zeta Ζ Eta Η Iota Ι Kappa Κ Mu Μ Nu Ν Rho Ρ Tau Τ Chi Χ varGamma Γ varDelta Δ varTheta Θ \#
    varLambda Λ varSigma Σ varPhi Φ varPsi Ψ varOmega Ω \#
    infty ∞ emptyset ∅ varnothing ∅ hbar ℏ hslash ℏ ell ℓ wp ℘ Re ℜ Im ℑ aleph ℵ beth ℶ gimel ℷ imath ı jmath ȷ eth ð \#
    ldots … dots … dotsc … dotso … cdots ⋯ dotsb ⋯ dotsm ⋯ dotsi ⋯ vdots ⋮ ddots ⋱ iddots ⋰ \#
    prime ′ backprime ‵ degree ° circledR ® copyright © pounds £ yen ¥ euro € S § P ¶ dag † ddag ‡ \#
    top ⊤ bot ⊥ angle ∠ measuredangle ∡ triangle △ square □ Box □ blacksquare ■ qed ∎ blacktriangle ▲ lozenge ◊ \#
    Diamond ◇ diamondsuit ♦ heartsuit ♥ clubsuit ♣ spadesuit ♠ flat ♭ natural ♮ sharp ♯ checkmark ✓ maltese ✠ \#
    langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ lvert | rvert | vert | lVert ‖ rVert ‖ Vert ‖ | ‖ \#
    lbrace { rbrace } { { } } lbrack [ rbrack ] backslash \ textbackslash \ lgroup ( rgroup ) ulcorner ⌜ urcorner ⌝ \#
    llcorner ⌞ lrcorner ⌟ $ $ % % & & # # _ _ textdegree ° lq ‘ rq ’ R ℝ N ℕ Z ℤ Q ℚ C ℂ colon : slash / \#
    complement ∁ mho ℧ Finv Ⅎ surd √ bigstar ★ lt < gt > mathsection § textasciitilde ~ textunderscore _
    """#

  private static let prefixes =
    "partial ∂ nabla ∇ Delta Δ delta δ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬"

  private static let binaries = #"""
    pm ± mp ∓ times × div ÷ cdot · ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗ oslash ⊘ odot ⊙ cap ∩ cup ∪ \#
    uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨ wedge ∧ lor ∨ land ∧ setminus ∖ smallsetminus ∖ wr ≀ diamond ⋄ dagger † ddagger ‡ amalg ⨿ \#
    bigtriangleup △ bigtriangledown ▽ triangleleft ◁ triangleright ▷ bigcirc ◯ ltimes ⋉ rtimes ⋊ boxplus ⊞ boxtimes ⊠ \#
    bmod mod mod mod centerdot · intercal ⊺ barwedge ⊼ veebar ⊻ cdotp · dotplus ∔
    """#

  private static let relations = #"""
    le ≤ leq ≤ leqslant ≤ ge ≥ geq ≥ geqslant ≥ ne ≠ neq ≠ equiv ≡ approx ≈ sim ∼ simeq ≃ cong ≅ propto ∝ varpropto ∝ \#
    asymp ≍ doteq ≐ ll ≪ gg ≫ lll ⋘ ggg ⋙ prec ≺ succ ≻ preceq ⪯ succeq ⪰ lesssim ≲ gtrsim ≳ triangleq ≜ coloneqq ≔ \#
    coloneq ≔ eqqcolon ≕ in ∈ ni ∋ notin ∉ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ supsetneq ⊋ nsubseteq ⊈ \#
    sqsubseteq ⊑ sqsupseteq ⊒ mid ∣ nmid ∤ parallel ∥ nparallel ∦ perp ⊥ vdash ⊢ dashv ⊣ models ⊨ vDash ⊨ Vdash ⊩ \#
    to → rightarrow → gets ← leftarrow ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⟹ \#
    impliedby ⟸ iff ⟺ longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷ Longrightarrow ⟹ Longleftarrow ⟸ \#
    Longleftrightarrow ⟺ mapsto ↦ longmapsto ⟼ hookrightarrow ↪ hookleftarrow ↩ uparrow ↑ downarrow ↓ updownarrow ↕ \#
    Uparrow ⇑ Downarrow ⇓ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ rightharpoonup ⇀ rightharpoondown ⇁ leftharpoonup ↼ \#
    rightleftharpoons ⇌ leftrightharpoons ⇋ rightrightarrows ⇉ twoheadrightarrow ↠ rightsquigarrow ⇝ leadsto ⇝ \#
    therefore ∴ because ∵ nleq ≰ ngeq ≱ nless ≮ ngtr ≯ nsim ≁ ncong ≇ trianglelefteq ⊴ trianglerighteq ⊵ bowtie ⋈ \#
    between ≬ multimap ⊸ vartriangle △ lhd ⊲ rhd ⊳ doublecap ⋒ gtrless ≷ lessgtr ≶ nrightarrow ↛ nRightarrow ⇏ \#
    approxeq ≊ backsim ∽ thicksim ∼ thickapprox ≈ eqsim ≂ risingdotseq ≓ upharpoonright ↾ smile ⌣ frown ⌢
    """#

  private static let operations = """
    sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ oiint ∯ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ bigodot ⨀ \
    bigvee ⋁ bigwedge ⋀ biguplus ⨄ bigsqcup ⨆ intop ∫
    """

  private static let functions = """
    sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth exp log ln lg lim max min sup inf arg det dim ker deg \
    gcd hom Pr argmax argmin lcm sgn tr rank diag span mod erf sech csch
    """

  private static let marks: [(String, Unicode.Scalar)] = [
    ("hat widehat", "\u{302}"), ("bar", "\u{304}"), ("vec overrightarrow", "\u{20D7}"), ("dot", "\u{307}"),
    ("ddot", "\u{308}"), ("dddot", "\u{20DB}"), ("tilde widetilde", "\u{303}"), ("check widecheck", "\u{30C}"),
    ("breve", "\u{306}"), ("acute", "\u{301}"), ("grave", "\u{300}"), ("mathring", "\u{30A}"),
    ("overleftarrow", "\u{20D6}"),
  ]

  private static let lines: [(String, Unicode.Scalar)] = [("overline", "\u{305}"), ("underline underbar", "\u{332}")]
}
