DefinitionBlock ("", "DSDT", 2, "PLATMP", "DSMTEST", 1)
{
  Scope (\_SB)
  {
    Device (PCI0)
    {
      Name (_HID, EisaId ("PNP0A08"))
      Name (_SEG, 0)
      Name (_BBN, 0)
      Name (_UID, 7)

      Name (KEEP, 0)
      Method (_DSM, 4, Serialized)
      {
        If (LEqual (Arg2, 5)) { Return (KEEP) }
        Return (Buffer () { 0 })
      }
    }
  }
}
